import { describe, expect, it } from 'vitest';
import { initialLimits } from '../../../lib/ledger/state/limits.ts';
import {
  callsAllowed,
  nextCallAt,
  nextPartialAt,
  noteSent,
  noteThrottled,
} from '../../../lib/run/reads/pace.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const HOUR = 60 * MINUTE;
const sent = (count: number, at = T0): number[] => Array.from({ length: count }, () => at);

describe('callsAllowed and nextCallAt', () => {
  it('stops counting a call after 61 seconds, and ignores calls in the future', () => {
    const limits = { ...initialLimits, calls_per_minute: 2, recent: [T0, T0 + 1_000] };
    expect(callsAllowed(limits, T0 + 1_000)).toBe(0);
    expect(callsAllowed(limits, T0 + 61_000 - 1)).toBe(0);
    expect(callsAllowed(limits, T0 + 61_000)).toBe(1);
    expect(nextCallAt(limits, T0 + 2_000)).toBe(T0 + 61_000);
    expect(nextCallAt(limits, T0 + 61_000)).toBe(T0 + 61_000);
    expect(callsAllowed({ ...limits, recent: sent(9, T0 + HOUR) }, T0)).toBe(2);
    expect(noteSent(limits, T0 + 61_500).recent).toEqual([T0 + 1_000, T0 + 61_500]);
  });

  it('waits until enough calls no longer count', () => {
    const limits = { ...initialLimits, calls_per_minute: 2, recent: [T0, T0 + 1, T0 + 2, T0 + 3] };
    expect(nextCallAt(limits, T0 + 10)).toBe(T0 + 2 + 61_000);
  });

  it('sends nothing until a block ends, and ignores one more than two minutes ahead', () => {
    const until = (ms: number) => ({ ...initialLimits, blocked_until: T0 + ms });
    expect(callsAllowed(until(1), T0)).toBe(0);
    expect(callsAllowed(until(0), T0)).toBe(8);
    expect(nextCallAt(until(2 * MINUTE), T0)).toBe(T0 + 2 * MINUTE);
    expect(nextCallAt(until(2 * MINUTE + 1), T0)).toBe(T0);
  });
});

describe('noteThrottled', () => {
  it.each([
    ['fall by one when all were used', 8, 7],
    ['fall by one when more were used than allowed', 11, 7],
    ['fall to the calls that were accepted', 6, 5],
    ['fall by half when very few were sent', 1, 4],
  ])('calls a minute: %s', (_, count, expected) => {
    expect(noteThrottled({ ...initialLimits, recent: sent(count) }, T0)).toMatchObject({
      ...{ calls_per_minute: expected, throttled_at: T0 },
      blocked_until: T0 + MINUTE + 1_000,
    });
  });

  it('leaves at least one call a minute', () => {
    const limits = { ...initialLimits, calls_per_minute: 1, recent: sent(1) };
    expect(noteThrottled(limits, T0).calls_per_minute).toBe(1);
  });
});

describe('nextPartialAt', () => {
  it('spreads the calls of a minute evenly from the last one on', () => {
    const pace = { calls_per_minute: 8, blocked_until: 0, recent: [T0 - 30_000, T0] };
    expect(nextPartialAt(pace, T0 + 1)).toBe(T0 + 7_500);
  });

  it('is at once when no call was sent in the last minute', () => {
    const pace = { calls_per_minute: 1, blocked_until: 0, recent: [T0 - 62_000] };
    expect(nextPartialAt(pace, T0)).toBe(T0);
  });
});
