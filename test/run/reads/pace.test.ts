import { describe, expect, it } from 'vitest';
import { initialLimits, type Limits } from '../../../lib/ledger/state/limits.ts';
import {
  callsAllowed,
  nextCallAt,
  nextPartialAt,
  noteAnswered,
  noteSent,
  noteThrottled,
  raise,
} from '../../../lib/run/reads/pace.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

const HOUR = 60 * MINUTE;
const sent = (count: number, at = T0): number[] => Array.from({ length: count }, () => at);

describe('callsAllowed and nextCallAt', () => {
  it('stops counting a call after a minute, and ignores calls in the future', () => {
    const limits = { ...initialLimits, calls_per_minute: 2, recent: [T0, T0 + 1_000] };
    expect(callsAllowed(limits, T0 + 1_000)).toBe(0);
    expect(callsAllowed(limits, T0 + 60_200 - 1)).toBe(0);
    expect(callsAllowed(limits, T0 + 60_200)).toBe(1);
    expect(nextCallAt(limits, T0 + 2_000)).toBe(T0 + 60_200);
    expect(nextCallAt(limits, T0 + 60_200)).toBe(T0 + 60_200);
    expect(callsAllowed({ ...limits, recent: sent(9, T0 + HOUR) }, T0)).toBe(2);
    expect(noteSent(limits, T0 + 60_500).recent).toEqual([T0 + 1_000, T0 + 60_500]);
  });

  it('waits until enough calls no longer count', () => {
    const limits = { ...initialLimits, calls_per_minute: 2, recent: [T0, T0 + 1, T0 + 2, T0 + 3] };
    expect(nextCallAt(limits, T0 + 10)).toBe(T0 + 2 + 60_200);
  });

  it('sends nothing until a block ends, and ignores one more than two minutes ahead', () => {
    const until = (ms: number) => ({ ...initialLimits, blocked_until: T0 + ms });
    expect(callsAllowed(until(1), T0)).toBe(0);
    expect(callsAllowed(until(0), T0)).toBe(8);
    expect(nextCallAt(until(2 * MINUTE), T0)).toBe(T0 + 2 * MINUTE);
    expect(nextCallAt(until(2 * MINUTE + 1), T0)).toBe(T0);
  });
});

describe('noteAnswered', () => {
  it('counts a call from its answer on: the service has counted it at some time between', () => {
    const limits = { ...initialLimits, recent: [T0, T0 + 100] };
    expect(noteAnswered(limits, T0, T0 + 300).recent).toEqual([T0 + 100, T0 + 300]);
    expect(noteAnswered(limits, T0 + 1, T0 + 300)).toBe(limits);
  });
});

describe('noteThrottled', () => {
  it.each<[string, number, number | undefined, number, number]>([
    ['fall by one when all were used', 9, undefined, 7, 8],
    ['fall to the calls before it', 6, undefined, 5, 6],
    ['fall by half after the first call of a minute', 1, undefined, 4, 5],
    ['fall to the number that the error names', 9, 3, 3, 4],
    ['keep a larger number in mind when others share it', 6, 7, 5, 8],
    ['believe no number above what was refused', 9, 100, 8, 101],
  ])('calls a minute: %s', (_, count, named, expected, refused_rate) => {
    expect(noteThrottled({ ...initialLimits, recent: sent(count) }, T0, named)).toMatchObject({
      ...{ calls_per_minute: expected, refused_rate, throttled_at: T0 },
      blocked_until: T0 + 60_200,
    });
  });

  it('leaves at least one call a minute', () => {
    const limits = { ...initialLimits, calls_per_minute: 1, recent: sent(1) };
    expect(noteThrottled(limits, T0).calls_per_minute).toBe(1);
  });
});

describe('raise', () => {
  it.each<[string, Partial<Limits>, number]>([
    ['stay when fewer calls were sent than allowed', { recent: sent(7) }, 8],
    ['double when all were used', {}, 16],
    ['double up to the number that was refused', { refused_rate: 14 }, 13],
    ['stay below a number that was refused lately', { refused_rate: 9, throttled_at: T0 }, 8],
    [
      'try a refused number again after minutes',
      { refused_rate: 9, throttled_at: T0 - 4 * MINUTE },
      9,
    ],
    ['never exceed 1,200', { calls_per_minute: 1_199, recent: sent(1_199) }, 1_200],
  ])('calls a minute: %s', (_, known, expected) => {
    const after = raise({ ...initialLimits, recent: sent(8), ...known }, T0);
    expect(after.calls_per_minute).toBe(expected);
    const before = known.calls_per_minute ?? 8;
    expect(after.grown_at).toBe(expected > before ? T0 : undefined);
  });

  it('tries a number of many calls again sooner: a refused one costs less of them', () => {
    const full = { ...initialLimits, calls_per_minute: 60, recent: sent(60), refused_rate: 61 };
    const after = (ms: number) => raise({ ...full, throttled_at: T0 - ms }, T0).calls_per_minute;
    expect([after(2 * MINUTE - 1), after(2 * MINUTE)]).toEqual([60, 61]);
  });

  it('doubles the step once a number is accepted that was refused before', () => {
    const full = {
      ...initialLimits,
      refused_rate: 9,
      throttled_at: T0 - 5 * MINUTE,
      recent: sent(8),
    };
    const rates: number[] = [];
    let pace = raise(full, T0);
    for (let step = 0; step < 4; step += 1) {
      rates.push(pace.calls_per_minute);
      pace = raise({ ...pace, recent: sent(pace.calls_per_minute) }, T0);
    }
    expect(rates).toEqual([9, 10, 12, 16]);
    expect(noteThrottled({ ...pace, recent: sent(20) }, T0).tried_from).toBeUndefined();
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
