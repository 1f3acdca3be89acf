import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../lib/ledger/run/events.ts';
import { fold } from '../../../../lib/ledger/run/fold.ts';
import { progressOf } from '../../../../lib/run/query/runs/progress.ts';
import { progressSchema } from '../../../../lib/run/query/schemas/run.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../../support/runs.ts';

const at = T0 + MINUTE;
const intent = (phone_id: string): RunEvent => ({
  type: 'intent',
  at,
  window: `w-${phone_id}`,
  attempts: [{ phone_id, attempt: 1 }],
});
const accepted = (phone_id: string): RunEvent[] => [
  intent(phone_id),
  { type: 'accepted', at, phone_id, attempt: 1, job_id: `j-${phone_id}`, request_id: 'r1' },
];
const ended = (phone_id: string): RunEvent[] => [
  ...accepted(phone_id),
  { type: 'ended', at, phone_id, attempt: 1, result: 'succeeded' },
];

const rows: [state: string, events: RunEvent[], changes?: Parameters<typeof plannedPhone>[1]][] = [
  ['waiting', [], { status: 'creating', waiting: true }],
  ['queued', []],
  ['queued', [{ type: 'ready', at, phone_id: 'p1' }], { status: 'creating', waiting: true }],
  [
    'queued',
    [
      intent('p1'),
      { type: 'unsent', at, window: 'w-p1', attempts: [{ phone_id: 'p1', attempt: 1 }] },
    ],
  ],
  ['outcome_unknown', [intent('p1')]],
  ['exporting', accepted('p1')],
  ['verifying', ended('p1')],
  [
    'exported',
    [...ended('p1'), { type: 'verified', at, phone_id: 'p1', attempt: 1, size: 9000, etag: 'e' }],
  ],
  ['failed', [intent('p1'), { type: 'refused', at, phone_id: 'p1', attempt: 1, code: 'CPS.0004' }]],
  ['skipped', [], { verdict: { outcome: 'skipped', reason: 'frozen' } }],
  [
    'timed_out',
    [{ type: 'outcome', at, phone_id: 'p1', outcome: 'timed_out', reason: 'deadline' }],
  ],
  ['cancelled', [{ type: 'cancel_seen', at }]],
];

describe('progressOf', () => {
  it.each(rows)('counts a phone as %s', (state, events, changes) => {
    const run = openRun('nightly-20260102t023000z', [plannedPhone('p1', changes)]);
    fold(run.state, events);

    const { selected, ...states } = progressSchema.parse(progressOf(run, at + 1));

    expect(selected).toBe(1);
    expect(Object.entries(states).filter(([, count = 0]) => count > 0)).toEqual([[state, 1]]);
  });

  it('counts each phone once at any time', () => {
    const phones = Array.from({ length: 50 }, (_, index) => plannedPhone(`p${index}`));
    const run = openRun('nightly-20260102t023000z', phones);
    fold(run.state, [...accepted('p1'), ...ended('p2'), intent('p3')]);

    for (const hours of [0, 1, 3, 100]) {
      const { selected, ...states } = progressOf(run, T0 + hours * 60 * MINUTE);
      expect(selected).toBe(50);
      expect(Object.values(states).reduce<number>((sum, count = 0) => sum + count, 0)).toBe(50);
    }
  });

  it('is zero before there is a plan', () => {
    const run = { ...openRun('nightly-20260102t023000z', []), plan: undefined };
    expect(Object.values(progressOf(run, T0)).every((count) => count === 0)).toBe(true);
  });
});
