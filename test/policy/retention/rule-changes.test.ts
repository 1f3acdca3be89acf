import { expect, test } from 'vitest';
import { mostDeletes } from '../../../lib/policy/retention/breaker.ts';
import { judge } from '../../../lib/policy/retention/judge.ts';
import { archive, keptDates, nights, terms } from './support/archives.ts';

test('nights that failed take no place in a count', () => {
  // Ten nights, of which the last three have left no archive.
  const kept = keptDates(nights('2026-11-01', 7), { max_backups: 3 });
  expect(kept).toEqual(['2026-11-05', '2026-11-06', '2026-11-07']);
});

test('a reset keeps the last archive from before it', () => {
  const reset = archive('2026-11-05').time + 3_600_000;
  const archives = nights('2026-11-01', 8).map((one) =>
    one.time < reset ? one : { ...one, generation: reset },
  );
  const kept = keptDates(archives, { max_backups: 2 }, { generation: reset });
  expect(kept).toEqual(['2026-11-05', '2026-11-07', '2026-11-08']);
});

test('30 archives of 5,000 phones under a rule that keeps 3 are more than may be deleted at once', () => {
  const own = nights('2026-11-01', 30);
  const rules = terms({ max_backups: 3 });
  let due = 0;
  for (let phone = 0; phone < 5_000; phone += 1) {
    due += judge(own, rules).filter(({ keep }) => !keep).length;
  }
  expect(due).toBe(135_000);
  expect(due).toBeGreaterThan(mostDeletes(150_000, 20));
});

test('exports before a restore take no place of a backup, and are counted apart', () => {
  const nightly = nights('2026-11-01', 6);
  const saved = ['2026-11-05T14:00:00Z', '2026-11-06T14:00:00Z', '2026-11-06T15:00:00Z'].map(
    (time) => archive(time, { beforeRestore: true, suspect: true }),
  );
  const kept = keptDates([...nightly, ...saved], { max_backups: 2, day_backups: 3 });
  expect(kept).toEqual([
    '2026-11-04',
    '2026-11-05',
    '2026-11-05',
    '2026-11-06',
    '2026-11-06',
    '2026-11-06',
  ]);
  expect(keptDates([...nightly, ...saved], { day_backups: 1 })).toEqual([
    '2026-11-06',
    '2026-11-06',
  ]);
});
