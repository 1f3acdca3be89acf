import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../lib/policy/parse/parse.ts';
import { policyWarnings } from '../../../lib/policy/schema/warnings.ts';
import { policyWith } from '../../../scripts/docs/allowed.ts';

const NOW = Date.UTC(2026, 0, 1);

function warningsOf(values: Record<string, unknown>): string[] {
  const parsed = parsePolicy(JSON.stringify(policyWith(values)), { fileName: 'nightly.yaml' });
  return parsed.ok ? policyWarnings(parsed.policy, NOW) : ['invalid'];
}

describe('warnings about the times', () => {
  it.each<[string, Record<string, unknown>, number]>([
    ['nothing without an objective', {}, 0],
    ['nothing about a share alone', { 'objective.phones': '98%' }, 0],
    ['nothing about the interval plus the deadline', { 'objective.max_age': '26h' }, 0],
    ['a max_age one second shorter', { 'objective.max_age': '25h59m59s' }, 1],
    [
      'a max_age too short for a longer deadline',
      { 'objective.max_age': '26h', deadline: '3h' },
      1,
    ],
    [
      'a max_age too short for the weekend',
      { 'schedule.cron': '0 30 2 ? * Mon-Fri', 'objective.max_age': '50h' },
      1,
    ],
    [
      'nothing about a max_age that includes the weekend',
      { 'schedule.cron': '0 30 2 ? * Mon-Fri', 'objective.max_age': '74h' },
      0,
    ],
  ])('reports %s', (_, values, count) => {
    expect(warningsOf(values)).toHaveLength(count);
  });

  it.each<[string, string, string | undefined]>([
    ['both day fields', '0 0 16 4 * fri', 'day of month and day of week are both set'],
    ['a step and a day of week', '0 0 2 */2 * MON', 'day of month and day of week are both set'],
    ['nothing about a question mark', '0 0 2 ? * MON-FRI', undefined],
    ['nothing about every day of both', '0 0 2 */1 * MON', undefined],
    ['months without day 31', '0 0 2 31 * *', 'no slot in Feb, Apr, Jun, Sep, Nov:'],
    ['months without day 30', '0 0 2 30,31 1-4 ?', 'no slot in Feb:'],
    ['years without 29 February', '0 0 2 29 2 *', 'no slot in Feb:'],
    ['nothing about a list that every month has a day of', '0 0 2 15,31 * *', undefined],
    ['nothing about months that are long enough', '0 0 2 31 Jan,Dec *', undefined],
    ['no short months when weekdays have slots too', '0 0 2 31 * MON', 'are both'],
  ])('reports %s', (_, cron, expected) => {
    const found = warningsOf({ 'schedule.cron': cron });
    expect(found).toEqual(expected === undefined ? [] : [expect.stringContaining(expected)]);
  });

  it.each<[string, string, string, string[]]>([
    [
      'an hourly schedule with a line padded at the wrong end',
      '0 2 * * * *',
      '2h',
      ['deadline: 2h is longer'],
    ],
    ['more than 24 slots a day', '0 0/30 * * * *', '30m', ['schedule.cron: 48 slots a day']],
    [
      'nothing about 24 slots a day and a deadline as long as the interval',
      '0 0 * * * *',
      '1h',
      [],
    ],
    [
      'a deadline longer than the shortest interval',
      '0 0 2,3 * * *',
      '61m',
      ['deadline: 1h1m is longer'],
    ],
  ])('reports %s', (_, cron, deadline, expected) => {
    const found = warningsOf({ 'schedule.cron': cron, deadline });
    expect(found).toHaveLength(expected.length);
    for (const [index, text] of expected.entries()) expect(found[index]).toContain(text);
  });

  it('says how long the objective should be', () => {
    expect(warningsOf({ 'objective.max_age': '20h' })).toEqual([
      'objective.max_age: 20h is shorter than the longest interval of the schedule plus the deadline (1d2h): phones become late although every run succeeds',
    ]);
  });
});
