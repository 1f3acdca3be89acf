import { describe, expect, it } from 'vitest';
import { barLine, plainLine } from '../../../local/demo/progress-line.ts';
import type { Tally } from '../../../local/demo/tally.ts';

const tally: Tally = { total: 60, waiting: 10, exporting: 20, verified: 25, ended: 5 };

describe('barLine', () => {
  it.each([10, 15, 20, 39, 59, 79, 99])('is no longer than %d columns', (width) => {
    expect(barLine(tally, 12_000, width).length).toBeLessThanOrEqual(width);
  });

  it('tells all states where there is room', () => {
    expect(barLine(tally, 12_000, 99)).toBe(
      `${'█'.repeat(15)}${'░'.repeat(15)} 30/60  12 s  10 waiting, 20 exporting, 25 verified, 5 ended`,
    );
  });

  it('leaves the states out at 40 columns, not the count', () => {
    expect(barLine(tally, 12_000, 39)).toMatch(/^█+░+ 30\/60 {2}12 s$/);
  });

  it('is full only when every phone has ended', () => {
    expect(barLine({ ...tally, verified: 54, waiting: 1, exporting: 0 }, 0, 99)).toContain('░');
    expect(barLine({ ...tally, verified: 55, waiting: 0, exporting: 0 }, 0, 99)).not.toContain('░');
  });

  it('is full for a run without phones', () => {
    const none = { total: 0, waiting: 0, exporting: 0, verified: 0, ended: 0 };
    expect(barLine(none, 0, 39)).toMatch(/^█+ 0\/0/);
  });
});

it('writes a plain line within 80 columns', () => {
  const line = plainLine(tally, 12_000);
  expect(line).toBe(' 12 s  30 of 60 done: 10 waiting, 20 exporting, 25 verified, 5 ended');
  expect(line.length).toBeLessThanOrEqual(80);
});
