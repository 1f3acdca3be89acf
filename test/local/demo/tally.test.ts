import { describe, expect, it } from 'vitest';
import { follow, type LogEvent, type PhoneState, tallyOf } from '../../../local/demo/tally.ts';

const phone_id = 'p1';
const intent: LogEvent = { type: 'intent', tries: [{ phone_id }] };

function stateAfter(...events: LogEvent[]): PhoneState | undefined {
  const states = new Map<string, PhoneState>([[phone_id, 'waiting']]);
  for (const event of events) follow(states, event);
  return states.get(phone_id);
}

describe('follow', () => {
  const rows: [string, LogEvent[], PhoneState][] = [
    ['nothing yet', [], 'waiting'],
    ['sent', [intent], 'exporting'],
    ['never sent', [intent, { type: 'unsent', tries: [{ phone_id }] }], 'waiting'],
    ['job done', [intent, { type: 'ended', phone_id, result: 'succeeded' }], 'exporting'],
    ['job failed', [intent, { type: 'ended', phone_id, result: 'failed' }], 'waiting'],
    ['archive there', [intent, { type: 'verified', phone_id }], 'verified'],
    ['given up', [{ type: 'outcome', phone_id }], 'ended'],
    ['a fact after the end', [{ type: 'verified', phone_id }, intent], 'verified'],
    ['a fact of no concern', [intent, { type: 'notified' }], 'exporting'],
    ['a fact of a later version', [intent, { type: 'unheard_of', phone_id }], 'exporting'],
  ];
  it.each(rows)('%s', (_, events, state) => expect(stateAfter(...events)).toBe(state));
});

it('counts every phone in one state', () => {
  const states = new Map<string, PhoneState>([
    ['a', 'waiting'],
    ['b', 'verified'],
    ['c', 'verified'],
    ['d', 'ended'],
  ]);
  expect(tallyOf(states)).toEqual({ total: 4, waiting: 1, exporting: 0, verified: 2, ended: 1 });
});
