import { describe, expect, it } from 'vitest';
import { failingSince, isRepeated } from '../../../../lib/run/state/failures/failing-since.ts';
import { MINUTE, T0 } from '../../../support/runs.ts';

const failuresAt = (...minutes: number[]) => ({
  failures: minutes.map((minute) => ({
    ...{ type: 'step_failed' as const, at: T0 + minute * MINUTE },
    ...{ code: 'service', message: 'it failed' },
  })),
});

describe('failingSince', () => {
  it.each<[string, number[], number, number]>([
    ['now when nothing failed', [], 5, 5],
    ['the first of failures that go on', [0, 36, 72, 108], 120, 0],
    ['the first one after a time without any', [0, 120, 156], 170, 120],
    ['now when the last one is long ago', [0, 36], 111, 111],
    ['the first one in whatever order they were read', [36, 0], 60, 0],
  ])('returns %s', (_, minutes, now, expected) => {
    const since = failingSince(failuresAt(...minutes), T0 + now * MINUTE);
    expect((since - T0) / MINUTE).toBe(expected);
  });
});

describe('isRepeated', () => {
  it.each([
    ['the same code a minute later', 'service', 1, true],
    ['another code', 'unreachable', 1, false],
    ['the same code after 35 minutes', 'service', 35, false],
  ])('judges %s', (_, code, now, expected) => {
    expect(isRepeated(failuresAt(0), code, T0 + now * MINUTE)).toBe(expected);
  });
});
