import { describe, expect, it } from 'vitest';
import type { EventOf } from '../../../lib/ledger/run/events.ts';
import { startState } from '../../../lib/ledger/run/run-state.ts';
import { pauseOf, postponedCalls, postponedUntil } from '../../../lib/run/state/postponed.ts';
import { T0 } from '../../support/runs.ts';

const stateOf = (acceptedAt: number, ...times: number[]) => ({
  ...startState([]),
  acceptedAt,
  postponed: times.map((at) => ({ at, until: at + 5 }) as unknown as EventOf<'postponed'>),
});

describe('postponed calls', () => {
  it('count from the last call that CPH accepted', () => {
    expect(postponedCalls(stateOf(T0, T0 - 1, T0, T0 + 1)).map(({ at }) => at)).toEqual([T0 + 1]);
  });

  it('hold the run back until the last of them allows, and no longer once one was accepted', () => {
    expect(postponedUntil(stateOf(0, T0, T0 + 1))).toBe(T0 + 6);
    expect(postponedUntil(stateOf(T0 + 2, T0, T0 + 1))).toBe(0);
  });
});

describe('the pause after postponed calls', () => {
  it('grows from 15 seconds to a minute, less up to half', () => {
    const longest = [1, 2, 3, 4, 50].map((calls) => pauseOf(calls, () => 0));
    expect(longest).toEqual([15_000, 30_000, 60_000, 60_000, 60_000]);
    expect(pauseOf(3, () => 1)).toBe(30_000);
  });
});
