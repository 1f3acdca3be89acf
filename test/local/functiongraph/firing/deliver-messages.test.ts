import { describe, expect, it } from 'vitest';
import { deliverMessage } from '../../../../local/functiongraph/firing/deliver-messages.ts';
import { START } from '../../support/clock.ts';
import { firingFixture } from '../../support/firing.ts';

function delivered(attributes: unknown, speed = 1): unknown[] {
  const { deps, add, events, clock } = firingFixture(speed);
  add('SMN', { topic_urn: 'topic-a' });
  add('SMN', { topic_urn: 'topic-b' });
  clock.move(1_000);
  const publishedAt = clock.now();
  const eventFor = (subscriber: object) => subscriber;
  deliverMessage(deps, { topicUrn: 'topic-a', attributes, publishedAt, eventFor });
  return events;
}

describe('a message of a topic', () => {
  it('goes to the functions with a trigger for the topic, in simulated time', () => {
    expect(delivered(null, 60)).toEqual([
      {
        functionUrn: 'urn:fss:cn-north-4:p1:function:default:backup:latest',
        functionName: 'backup',
        requestId: 'r1',
        time: START + 60_000,
      },
    ]);
  });

  it.each([
    [[{ name: 'to', type: 'PROTOCOL', value: ['email'] }], 0],
    [[{ name: 'to', type: 'PROTOCOL', value: ['email', 'functiongraph'] }], 1],
    [[{ name: 'kind', type: 'STRING', value: 'settled' }], 1],
  ])('with the attributes %j reaches %i functions', (attributes, count) => {
    expect(delivered(attributes)).toHaveLength(count);
  });
});
