import { describe, expect, it } from 'vitest';
import type { RetainedArchive } from '../../../lib/policy/retention/archive.ts';
import { lastGood, type Present } from '../../../lib/policy/retention/last-good.ts';
import { archive, at, DAY } from './support/archives.ts';

const NOW = at('2026-12-01T00:00:00Z');

/** Returns the ages (days) of the archives that protect a phone. */
function protecting(archives: RetainedArchive[], present: Partial<Present> = {}): number[] {
  const sorted = archives.toSorted((a, b) => b.time - a.time);
  const kept = lastGood(sorted, { now: NOW, includes: 'a', ...present });
  return [...kept].map(({ time }) => (NOW - time) / DAY);
}

const aged = (days: number, more: Partial<RetainedArchive> = {}): RetainedArchive =>
  archive(NOW - days * DAY, more);

describe('lastGood', () => {
  it('is the newest archive alone, however old, while paths and generation stay', () => {
    expect(protecting([aged(100), aged(101), aged(102)])).toEqual([100]);
    expect(protecting([])).toEqual([]);
  });

  it('is never suspect or dated in the future', () => {
    expect(protecting([aged(-1), aged(0, { suspect: true }), aged(2)])).toEqual([2]);
    expect(protecting([aged(0)])).toEqual([0]);
  });

  it.each([
    ['before a reset, for less than 30 days', { generation: NOW - 29 * DAY }, [5, 40]],
    ['before a reset, until 30 days later', { generation: NOW - 30 * DAY }, [5]],
  ])('is also the newest archive from %s', (_, flags, ages) => {
    const archives = [aged(5, flags), aged(6, flags), aged(40), aged(41)];
    expect(protecting(archives)).toEqual(ages);
  });

  it('is the archive from before a reset as long as there is none from after it', () => {
    const generation = NOW - 90 * DAY;
    expect(protecting([aged(100), aged(101)], { generation })).toEqual([100]);
    const small = aged(5, { generation, suspect: true });
    expect(protecting([small, aged(100)], { generation })).toEqual([100]);
  });

  it('goes by the newest generation that is known from the phone or its archives', () => {
    const newer = { generation: NOW - 10 * DAY };
    const archives = [aged(5, newer), aged(100)];
    expect(protecting(archives, { generation: NOW - 90 * DAY })).toEqual([5, 100]);
    expect(protecting(archives, { generation: NOW - 2 * DAY })).toEqual([5]);
    expect(protecting([aged(-1, { generation: NOW }), ...archives])).toEqual([5, 100]);
  });

  it('is also the newest archive of the paths before, for 30 days', () => {
    const archives = [aged(5), aged(40, { includes: 'b' }), aged(41, { includes: 'c' })];
    const since = (days: number) => protecting(archives, { includesSince: NOW - days * DAY });
    expect(since(29)).toEqual([5, 40]);
    expect(since(30)).toEqual([5]);
    expect(protecting(archives)).toEqual([5, 40]);
  });

  it('is the archive of the paths before as long as there is none of the present ones', () => {
    const present = { includesSince: NOW - 90 * DAY };
    expect(protecting([aged(100, { includes: 'b' })], present)).toEqual([100]);
    const small = aged(5, { suspect: true });
    expect(protecting([small, aged(100, { includes: 'b' })], present)).toEqual([100]);
  });

  it('is three archives after a reset and a change of paths', () => {
    const generation = NOW - 3 * DAY;
    const archives = [aged(1, { generation }), aged(4), aged(6, { includes: 'b' })];
    expect(protecting(archives, { includesSince: NOW - 5 * DAY })).toEqual([1, 4, 6]);
  });
});
