import { describe, expect, it } from 'vitest';
import type { Cursor } from '../../../lib/ledger/state/cursors.ts';
import type { Drilled } from '../../../lib/ledger/state/drills.ts';
import type { Policy } from '../../../lib/policy/schema/schema.ts';
import { drillView, isBadDrill } from '../../../lib/run/query/drill-view.ts';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
/** A Sunday. */
const SLOT = Date.UTC(2026, 0, 4, 6);
const rule = { cron: '0 0 6 ? * Sun', timezone: 'UTC', start_within: 2 * HOUR };
const policy = { enabled: true, drill: { schedule: rule } } as unknown as Policy;

const drilled = (started_at: number, verdict: Drilled['verdict'] = 'passed'): Drilled => ({
  ...{ run_id: 'restore-1', started_at, settled_at: started_at + HOUR, verdict },
  ...(verdict === 'passed' ? { seconds: 400 } : {}),
});

function stateAt(now: number, last?: Drilled, counts_from = SLOT - DAY, paused_until?: number) {
  const cursor = {
    ...{ etag: 'e', active: true, handled_until: 0 },
    drill: { ...rule, handled_until: 0, counts_from },
    ...(paused_until === undefined ? {} : { paused_until }),
  } satisfies Cursor;
  const view = drillView(policy, { cursor, drills: last && { last } }, now);
  return view.drill?.state;
}

describe('drillView', () => {
  it.each([
    ['pending before the first slot', SLOT - HOUR, undefined, 'pending'],
    ['pending while its drill may still end', SLOT + 8 * HOUR - 1, undefined, 'pending'],
    ['overdue without a result', SLOT + 8 * HOUR, undefined, 'overdue'],
    ['passed', SLOT + DAY, drilled(SLOT + 60_000), 'passed'],
    ['failed', SLOT + DAY, drilled(SLOT + 60_000, 'failed'), 'failed'],
    ['passed by hand after the slot', SLOT + DAY, drilled(SLOT + 20 * HOUR), 'passed'],
    ['overdue when only the week before has one', SLOT + DAY, drilled(SLOT - 7 * DAY), 'overdue'],
  ])('says %s', (_, now, last, state) => {
    expect(stateAt(now, last)).toBe(state);
  });

  it('does not count slots before the policy was known, or in a pause', () => {
    expect(stateAt(SLOT + DAY, undefined, SLOT)).toBe('pending');
    expect(stateAt(SLOT + DAY, undefined, 0, SLOT + HOUR)).toBe('pending');
  });

  it('shows the last drill, the last that passed, and the next slot', () => {
    const drills = { last: drilled(SLOT, 'failed'), passed: drilled(SLOT - 7 * DAY) };
    expect(drillView(policy, { cursor: undefined, drills }, SLOT + DAY).drill).toEqual({
      state: 'failed',
      last: { run_id: 'restore-1', settled_at: '2026-01-04T07:00:00.000Z' },
      last_passed: { run_id: 'restore-1', settled_at: '2025-12-28T07:00:00.000Z', seconds: 400 },
      next_slot: '2026-01-11T06:00:00.000Z',
    });
  });

  it('shows nothing for a policy without drills, and no slot of a disabled one', () => {
    const none = { cursor: undefined, drills: undefined };
    expect(drillView({ enabled: true } as Policy, none, SLOT)).toEqual({});
    const disabled = drillView({ ...policy, enabled: false }, none, SLOT);
    expect(disabled.drill).toMatchObject({ state: 'pending', next_slot: null });
  });

  it.each([
    ['failed', true],
    ['overdue', true],
    ['passed', false],
    ['pending', false],
  ] as const)('calls one that is %s bad: %s', (state, isBad) => {
    const drill = { state, last: null, last_passed: null, next_slot: null };
    expect(isBadDrill({ drill })).toBe(isBad);
  });
});
