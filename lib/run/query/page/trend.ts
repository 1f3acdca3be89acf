import type { RecentRun } from '../../../ledger/state/totals.ts';
import { grouped } from '../../../ledger/store/parts/grouped.ts';
import { dateIn, lastDates } from './nights.ts';

/** What the runs of a day wrote. */
export type TrendDay = { date: string; bytes: number; exported: number };

/** Returns the bytes and the phones that were backed up on each day up to `now` (epoch ms) in a zone, oldest first. Pure. */
export function trendOf(
  runs: readonly RecentRun[],
  { zone, days, now }: { zone: string; days: number; now: number },
): TrendDay[] {
  const byDate = grouped(runs, ({ settled_at }) => dateIn(zone, settled_at));
  return lastDates({ zone, days, now }).map((date) => {
    const own = byDate.get(date) ?? [];
    return {
      date,
      bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
      exported: own.reduce((sum, { counts }) => sum + counts.exported, 0),
    };
  });
}
