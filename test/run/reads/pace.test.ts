import { describe, expect, it } from 'vitest';
import { initialLimits } from '../../../lib/ledger/state/limits.ts';
import {
  callsAllowed,
  nextCallAt,
  nextPartialAt,
  noteAnswered,
  noteSent,
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
