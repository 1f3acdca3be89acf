import { describe, expect, test } from 'vitest';
import { judge } from '../../../lib/policy/retention/judge.ts';
import { archive, at, DAY, keptDates, keptTimes, nights, terms } from './support/archives.ts';

describe('keeps what Huawei CBR keeps', () => {
  test('adds up counts by union', () => {
    const rules = { max_backups: 3, day_backups: 7, week_backups: 4, month_backups: 3 };
    expect(keptDates(nights('2026-01-01', 40), rules)).toEqual([
      ...['2026-01-25', '2026-01-31', '2026-02-01', '2026-02-03', '2026-02-04', '2026-02-05'],
      ...['2026-02-06', '2026-02-07', '2026-02-08', '2026-02-09'],
    ]);
  });

  test.each([
    ['UTC', ['2026-01-10T16:30:00.000Z', '2026-01-11T15:30:00.000Z']],
    ['Asia/Shanghai', ['2026-01-10T15:30:00.000Z', '2026-01-11T15:30:00.000Z']],
  ])('begins days in %s', (timezone, kept) => {
    const times = ['2026-01-10T15:30:00Z', '2026-01-10T16:30:00Z', '2026-01-11T15:30:00Z'];
    const archives = times.map((time) => archive(time));
    expect(keptTimes(archives, { day_backups: 2, timezone })).toEqual(kept);
  });

  test('begins weeks on Monday and years in January', () => {
    const rules = { week_backups: 2, year_backups: 2 };
    const kept = ['2026-12-31', '2027-01-03', '2027-01-04'];
    expect(keptDates(nights('2026-12-28', 8), rules)).toEqual(kept);
  });

  // kopia/kopia issue 5096: the last Sunday before the ISO year 2026-W02 lost its week.
  test('gives the week of New Year one archive, its last', () => {
    const kept = ['2025-12-28', '2026-01-04', '2026-01-08'];
    expect(keptDates(nights('2025-12-22', 18), { week_backups: 3 })).toEqual(kept);
    const fiftyThree = ['2026-12-27', '2027-01-03', '2027-01-06'];
    expect(keptDates(nights('2026-12-21', 17), { week_backups: 3 })).toEqual(fiftyThree);
  });

  // kopia/kopia issue 5348: days were those of UTC, weeks those of the machine.
  test('begins weeks, months and years where it begins days', () => {
    const timezone = 'America/Phoenix';
    const times = ['2027-01-01T06:00:00Z', '2027-01-01T08:00:00Z', '2027-01-04T06:00:00Z'];
    const archives = [...times, '2027-01-04T08:00:00Z'].map((time) => archive(time));
    const keptBy = (rules: object) =>
      keptTimes(archives, { ...rules, timezone }).map((time) => time.slice(5, 13));
    expect(keptBy({ day_backups: 9 })).toEqual(['01-01T06', '01-01T08', '01-04T06', '01-04T08']);
    expect(keptBy({ week_backups: 9 })).toEqual(['01-04T06', '01-04T08']);
    expect(keptBy({ month_backups: 9 })).toEqual(['01-01T06', '01-04T08']);
    expect(keptBy({ year_backups: 9 })).toEqual(['01-01T06', '01-04T08']);
  });

  // bit-team/backintime issue 1094: one archive a week, and the oldest of the weeks was lost.
  test('keeps as many weeks as it says when there is one archive a week', () => {
    const last = archive('2026-11-15').time;
    const sundays = Array.from({ length: 12 }, (_, week) => archive(last - week * 7 * DAY));
    expect(keptDates(sundays, { week_backups: 4 })).toHaveLength(4);
  });

  test('counts only days that have an archive', () => {
    const last = archive('2026-11-15').time;
    const sundays = Array.from({ length: 12 }, (_, week) => archive(last - week * 7 * DAY));
    const kept = ['2026-10-25', '2026-11-01', '2026-11-08', '2026-11-15'];
    expect(keptDates(sundays, { day_backups: 4 })).toEqual(kept);
  });

  test('keeps an archive until it is older than the days', () => {
    const archives = nights('2026-11-01', 3);
    const now = archive('2026-11-04').time;
    expect(keptDates(archives, { retention_duration_days: 2 }, { now })).toEqual([
      '2026-11-02',
      '2026-11-03',
    ]);
    const past = { now: now + 1 };
    expect(keptDates(archives, { retention_duration_days: 2 }, past)).toEqual(['2026-11-03']);
  });
});

describe('never deletes', () => {
  test('the last good archive of a phone, however old', () => {
    const now = at('2026-12-01T00:00:00Z');
    const old = Array.from({ length: 10 }, (_, index) => archive(now - (60 + index) * DAY));
    const verdicts = judge(old, terms({ retention_duration_days: 30 }, { now }));
    expect(verdicts.map(({ keep }) => keep)).toEqual([true, ...Array<boolean>(9).fill(false)]);
    expect(verdicts[0]?.reasons).toEqual(['last_good']);
    expect(verdicts[1]?.reasons).toEqual(['expired']);
  });

  test('the last archive before those that are suspiciously small', () => {
    const archives = nights('2026-11-01', 6);
    for (const one of archives.slice(3)) one.suspect = true;
    const kept = ['2026-11-03', '2026-11-04', '2026-11-05', '2026-11-06'];
    expect(keptDates(archives, { max_backups: 3 })).toEqual(kept);
  });

  test('archives dated in the future, which take no place of another one', () => {
    const now = at('2026-11-03T12:00:00Z');
    const verdicts = judge(
      [...nights('2026-11-01', 3), archive('2030-01-01')],
      terms({ max_backups: 2 }, { now }),
    );
    expect(verdicts.map(({ reasons }) => reasons)).toEqual([
      ['future'],
      ['newest', 'last_good'],
      ['newest'],
      ['over_count'],
    ]);
  });

  test('archives by hand, which take no place of another one, unless the rules cover them', () => {
    const archives = nights('2026-11-01', 7);
    for (const one of [archives[0], archives[5]]) if (one !== undefined) one.manual = true;
    const kept = ['2026-11-01', '2026-11-04', '2026-11-05', '2026-11-06', '2026-11-07'];
    expect(keptDates(archives, { max_backups: 3 })).toEqual(kept);
    expect(keptDates(archives, { max_backups: 3, manual: true })).toEqual(kept.slice(-3));
  });

  test.each([
    ['pinned', { pinned: true }],
    ['in_use', { inUse: true }],
    ['locked', { locked: true }],
  ])('what is %s', (reason, flag) => {
    const archives = [archive('2026-11-01', flag), ...nights('2026-11-02', 3)];
    const verdicts = judge(archives, terms({ max_backups: 1 }));
    expect(verdicts.at(-1)).toMatchObject({ keep: true, reasons: [reason] });
  });
});

test('names every rule that keeps an archive', () => {
  const rules = { max_backups: 1, day_backups: 1, week_backups: 1, month_backups: 1 };
  const [newest, ...others] = judge(
    nights('2026-11-02', 4),
    terms({ ...rules, year_backups: 1 }, { now: at('2026-11-06T00:00:00Z') }),
  );
  const all = ['newest', 'day', 'week', 'month', 'year', 'last_good'];
  expect(newest).toMatchObject({ keep: true, reasons: all });
  expect(others.map(({ reasons }) => reasons)).toEqual(Array(3).fill(['over_count']));
});

test('says locked only of what would be deleted', () => {
  const [only] = judge([archive('2026-11-01', { locked: true })], terms({ max_backups: 1 }));
  expect(only?.reasons).toEqual(['newest', 'last_good']);
});

test('returns nothing for a phone without archives', () => {
  expect(judge([], terms({ max_backups: 1 }))).toEqual([]);
});

describe('what runs have left beside their archives', () => {
  const left = (date: string, more: object = {}) => archive(date, { orphaned: true, ...more });
  const reasonsOf = (own: ReturnType<typeof archive>[], rules: object, now: string) =>
    judge(own, terms(rules, { now: at(`${now}T02:30:00Z`) })).map(({ keep, reasons, ...one }) => [
      new Date(one.archive.time).toISOString().slice(5, 10),
      keep,
      reasons,
    ]);

  test('is deleted a week after its run, while the phone has a good archive', () => {
    const own = [
      archive('2026-01-01'),
      left('2026-01-02'),
      left('2026-01-03', { orphaned: false, superseded: true }),
    ];
    expect(reasonsOf(own, { max_backups: 3 }, '2026-01-09')).toEqual([
      ['01-03', true, []],
      ['01-02', false, ['orphaned']],
      ['01-01', true, ['newest', 'last_good']],
    ]);
    expect(reasonsOf(own, { max_backups: 3 }, '2026-01-10')).toContainEqual([
      ...['01-03', false, ['superseded']],
    ]);
  });

  test('takes no place in a count, and is never the last good one', () => {
    const own = [
      left('2026-01-04'),
      archive('2026-01-03'),
      left('2026-01-02'),
      archive('2026-01-01'),
    ];
    expect(reasonsOf(own, { max_backups: 2 }, '2026-01-05')).toEqual([
      ['01-04', true, []],
      ['01-03', true, ['newest', 'last_good']],
      ['01-02', true, []],
      ['01-01', true, ['newest']],
    ]);
  });

  test.each([
    ['without any good archive of the phone', [left('2026-01-02')], { max_backups: 1 }],
    [
      'beside a suspect archive',
      [left('2026-01-02'), archive('2026-01-01', { suspect: true })],
      { max_backups: 1 },
    ],
    ['without any rule', [left('2026-01-02'), archive('2026-01-01')], {}],
  ])('stays %s', (_, own, rules) => {
    expect(reasonsOf(own, rules, '2026-06-01')[0]).toEqual(['01-02', true, []]);
  });

  test.each([
    ['pinned', { pinned: true }],
    ['in_use', { inUse: true }],
    ['manual', { manual: true }],
    ['locked', { locked: true }],
  ])('stays when it is %s', (reason, more) => {
    const own = [left('2026-01-02', more), archive('2026-01-01')];
    expect(reasonsOf(own, { max_backups: 1 }, '2026-06-01')[0]).toEqual(['01-02', true, [reason]]);
  });
});
