import { describe, expect, it } from 'vitest';
import { dateIn, nightsOf } from '../../../../lib/run/query/page/nights.ts';
import type { RunOutcome } from '../../../../lib/ledger/run/report.ts';

const HOUR = 3_600_000;
/** 02:30 in Shanghai on 3 January. */
const SLOT = Date.UTC(2026, 0, 2, 18, 30);

const run = (outcome: RunOutcome, settledAt: number, runId = `${outcome}-${settledAt}`) => ({
  ...{ outcome, settledAt, runId },
});

const shanghai = { zone: 'Asia/Shanghai', days: 3, now: SLOT + HOUR };

describe('nightsOf', () => {
  it('puts each run on its day in the zone of the policy, oldest day first', () => {
    const runs = [run('completed', SLOT), run('failed', SLOT - 24 * HOUR)];
    expect(nightsOf(runs, shanghai)).toEqual([
      { date: '2026-01-01', runs: 0 },
      { date: '2026-01-02', outcome: 'failed', run_id: runs[1]?.runId, runs: 1 },
      { date: '2026-01-03', outcome: 'completed', run_id: runs[0]?.runId, runs: 1 },
    ]);
    expect(nightsOf(runs, { ...shanghai, zone: 'UTC' }).map(({ date }) => date)).toEqual([
      ...['2025-12-31', '2026-01-01', '2026-01-02'],
    ]);
  });

  it('shows the worst outcome of a day, and its newest run', () => {
    const runs = [
      run('failed', SLOT, 'early'),
      run('failed', SLOT + 1, 'late'),
      run('completed', SLOT + 2),
      run('skipped', SLOT + 3),
    ];
    expect(nightsOf(runs, shanghai).at(-1)).toMatchObject({
      ...{ outcome: 'failed', run_id: 'late', runs: 4 },
    });
  });

  it('has each day once where the clocks change', () => {
    const now = Date.UTC(2026, 2, 30, 3);
    const dates = nightsOf([], { zone: 'Europe/Berlin', days: 30, now }).map(({ date }) => date);
    expect(new Set(dates).size).toBe(30);
    expect(dates.at(-1)).toBe('2026-03-30');
    expect(dates.at(-2)).toBe('2026-03-29');
  });
});

describe('dateIn', () => {
  it('is the date on the clock of the zone', () => {
    expect(dateIn('Asia/Shanghai', SLOT)).toBe('2026-01-03');
    expect(dateIn('America/New_York', SLOT)).toBe('2026-01-02');
  });
});
