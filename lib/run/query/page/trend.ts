import type { RecentRun } from '../../../ledger/state/totals.ts';
import { dateIn, nightsOf } from './nights.ts';

/** What the runs of a day wrote. */
export type TrendDay = { date: string; bytes: number; exported: number };

/** Returns the bytes and the phones that were backed up on each day up to `now` (epoch ms) in a zone, oldest first. Pure. */
export function trendOf(
  runs: readonly RecentRun[],
  { zone, days, now }: { zone: string; days: number; now: number },
): TrendDay[] {
  const byDate = new Map<string, { bytes: number; exported: number }>();
  for (const { settled_at, bytes, counts } of runs) {
    const date = dateIn(zone, settled_at);
    const day = byDate.get(date) ?? { bytes: 0, exported: 0 };
    byDate.set(date, { bytes: day.bytes + bytes, exported: day.exported + counts.exported });
  }
  return nightsOf([], { zone, days, now }).map(({ date }) => ({
    date,
    ...(byDate.get(date) ?? { bytes: 0, exported: 0 }),
  }));
}
