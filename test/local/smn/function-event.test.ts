import { describe, expect, it } from 'vitest';
import { functionEvent, type Published } from '../../../local/smn/function-event.ts';

const PUBLISHED: Published = {
  topicUrn: 'urn:smn:cn-north-4:p1:backups',
  messageId: 'm1',
  time: Date.UTC(2026, 1, 3, 23, 11, 40),
  subject: 'done',
  message: 'plain',
  message_structure: null,
  message_attributes: [{ name: 'kind', type: 'STRING', value: 'settled' }],
};
const smnOf = (published: Partial<Published>) =>
  (functionEvent({ ...PUBLISHED, ...published }, { requestId: 'r1' })['record'] as never[])[0];

describe('the event of a topic’s message', () => {
  it('names topic, message and subscriber, and has no attributes', () => {
    const subscriber = { requestId: 'r1', functionUrn: 'urn:fss:f', functionName: 'f' };
    expect(functionEvent(PUBLISHED, subscriber)).toEqual({
      record: [
        {
          event_version: '1.0',
          event_source: 'smn',
          event_subscription_urn: 'urn:fss:f',
          smn: {
            topic_urn: PUBLISHED.topicUrn,
            message_id: 'm1',
            type: 'notification',
            subject: 'done',
            message: 'plain',
            message_attributes: null,
            timestamp: '2026-02-03T23:11:40Z',
          },
        },
      ],
      functionname: 'f',
      requestId: 'r1',
      timestamp: 'Wed Feb 04 2026 07:11:40 GMT+0800 (CST)',
    });
  });

  it.each([
    [{ default: 'd', functiongraph: 'g', functionstage: 's' }, 'g'],
    [{ default: 'd', functionstage: 's' }, 's'],
    [{ default: 'd', email: 'e' }, 'd'],
  ])('contains of the structure %j the text "%s"', (structure, message) => {
    const message_structure = JSON.stringify(structure);
    expect(smnOf({ message: null, message_structure })).toMatchObject({ smn: { message } });
  });
});
