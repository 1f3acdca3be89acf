import { describe, expect, it } from 'vitest';
import { readObs } from '../../../../local/functiongraph/event-data/obs.ts';
import { triggerRecord } from '../../support/functiongraph.ts';

const ALL = 's3:ObjectCreated:*';
const PUT = 's3:ObjectCreated:Put';
const data = (more: object = {}) => ({ bucket: 'b', events: [ALL], prefix: 'a/', ...more });
const error = (code: string) => expect.objectContaining({ code }) as Error;

describe('event_data of OBS', () => {
  it('needs an existing bucket and distinct events with s3:', () => {
    expect(readObs(data(), true, [])).toEqual(data());
    expect(() => readObs(data(), false, [])).toThrow(error('FSS.1151'));
    for (const events of [['ObjectCreated:Put'], [], [ALL, PUT]]) {
      expect(() => readObs(data({ events }), true, [])).toThrow(error('FSS.1106'));
    }
  });

  it.each([
    ['overlapping events', { events: [PUT] }, 'refused'],
    ['other events', { events: ['s3:ObjectRemoved:*'] }, 'accepted'],
    ['another prefix', { prefix: 'b/' }, 'accepted'],
    ['another bucket', { bucket: 'c' }, 'accepted'],
  ])('with %s beside an existing trigger is %s', (_, more, outcome) => {
    const read = () => readObs(data(more), true, [triggerRecord('OBS', data())]);
    if (outcome === 'accepted') expect(read).not.toThrow();
    else expect(read).toThrow(error('FSS.1108'));
  });
});
