import { expect, it } from 'vitest';
import { trendOf } from '../../../../lib/run/query/page/trend.ts';

it('adds up what the runs of each day wrote', () => {
  const now = Date.UTC(2026, 0, 3, 12);
  const run = (settled_at: number, bytes: number) => ({
    ...{ run_id: `r-${settled_at}`, outcome: 'completed' as const, started_at: settled_at },
    counts: { selected: 2, exported: 2, failed: 0, skipped: 0, timed_out: 0, cancelled: 0 },
    ...{ settled_at, bytes },
  });
  const days = trendOf([run(now, 5), run(now - 1, 7), run(now - 86_400_000, 9)], {
    ...{ zone: 'UTC', days: 3, now },
  });
  expect(days).toEqual([
    { date: '2026-01-01', bytes: 0, exported: 0 },
    { date: '2026-01-02', bytes: 9, exported: 2 },
    { date: '2026-01-03', bytes: 12, exported: 4 },
  ]);
});
