import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RetainedArchive } from '../../../lib/policy/retention/archive.ts';
import { judge } from '../../../lib/policy/retention/judge.ts';
import { DAY, at, terms } from './support/archives.ts';
import { oracle } from './support/oracle.ts';

const NOW = at('2026-11-30T12:00:00Z');
const ZONES = ['UTC', 'Asia/Shanghai', 'America/Santiago', 'Pacific/Apia'];

const flag = fc.constantFrom(undefined, undefined, undefined, true);
const archives = fc.array(
  fc
    .record({
      // Up to two days ahead.
      age: fc.oneof(
        fc.integer({ min: -48, max: 30 * 24 }),
        fc.integer({ min: 0, max: 3 * 365 * 24 }),
      ),
      includes: fc.constantFrom('a', 'a', 'b'),
      generation: fc.constantFrom(undefined, NOW - 10 * DAY, NOW - 100 * DAY),
      ...{ suspect: flag, pinned: flag, manual: flag, inUse: flag, locked: flag },
    })
    .map(({ age, ...more }): RetainedArchive => {
      const time = NOW - age * 3_600_000;
      return { time, verified_at: time, ...more };
    }),
  { maxLength: 40 },
);
const count = fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined });
const counts = fc
  .record({
    max_backups: count,
    day_backups: count,
    week_backups: count,
    month_backups: count,
    year_backups: count,
  })
  .filter((rules) => Object.values(rules).some((value) => value !== undefined));
const rules = fc
  .record({
    rule: fc.oneof(
      counts,
      fc.record({ retention_duration_days: fc.integer({ min: 1, max: 400 }) }),
    ),
    timezone: fc.constantFrom(...ZONES),
    manual: fc.boolean(),
  })
  .map(({ rule, ...more }) => ({ ...rule, ...more }));
const since = fc.constantFrom(undefined, NOW - 5 * DAY, NOW - 50 * DAY);
const present = fc.record({ includesSince: since, generation: since }).map((known) => ({
  ...known,
  now: NOW,
}));

test('keeps and deletes what a brute-force program does, for the same reasons', () => {
  fc.assert(
    fc.property(archives, rules, present, (list, rule, known) => {
      const own = terms(rule, known);
      // Archives of one time have no order among them.
      const distinct = [...new Map(list.map((one) => [one.time, one])).values()];
      const verdicts = judge(distinct, own);
      const found = new Map(verdicts.map(({ archive, reasons }) => [archive, reasons]));
      for (const one of distinct) {
        expect([...(found.get(one) ?? [])].sort()).toEqual(oracle(one, distinct, own).sort());
      }
    }),
    { numRuns: 400 },
  );
});

test('a phone with a good archive keeps one', () => {
  fc.assert(
    fc.property(archives, rules, present, (list, rule, known) => {
      const good = list.filter(({ time, suspect }) => suspect !== true && time <= NOW);
      const kept = judge(list, terms(rule, known)).flatMap(({ keep, archive }) =>
        keep ? [archive] : [],
      );
      if (good.length > 0) expect(kept.some((one) => good.includes(one))).toBe(true);
    }),
  );
});

test('does not depend on the order, and judges each archive once', () => {
  fc.assert(
    fc.property(archives, rules, present, (list, rule, known) => {
      const own = terms(rule, known);
      const distinct = [...new Map(list.map((one) => [one.time, one])).values()];
      expect(judge([...distinct].reverse(), own)).toEqual(judge(distinct, own));
      expect(judge(list, own)).toHaveLength(list.length);
    }),
  );
});

test('deletes nothing more when it judges again what it kept', () => {
  fc.assert(
    fc.property(archives, rules, present, (list, rule, known) => {
      const own = terms(rule, known);
      const kept = judge(list, own).flatMap(({ keep, archive }) => (keep ? [archive] : []));
      expect(judge(kept, own).every(({ keep }) => keep)).toBe(true);
    }),
  );
});

test('keeps no less under larger counts', () => {
  fc.assert(
    fc.property(archives, counts, (list, rule) => {
      const kept = (more: number) => {
        const larger = Object.entries(rule).map(([key, value]) => [key, value && value + more]);
        const own = terms(Object.fromEntries(larger) as typeof rule, { now: NOW });
        return judge(list, own).flatMap(({ keep, archive }) => (keep ? [archive] : []));
      };
      const all = new Set(kept(5));
      for (const one of kept(0)) expect(all.has(one)).toBe(true);
    }),
  );
});
