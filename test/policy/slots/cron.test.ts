import { expect, test } from 'vitest';
import { cronCounts, parseCron, tooOftenProblems } from '../../../lib/policy/slots/cron.ts';

test.each([
  ['0 30 2 * * *', '0 30 2 * * *'],
  ['  0  0 3 ? * ?  ', '0 0 3 * * *'],
  ['0 0 3 * jan-MAR Mon,wed', '0 0 3 * 1-3 1,3'],
  ['*/10 0,30 8-18/2 1-7 * 0', '*/10 0,30 8-18/2 1-7 * 0'],
  ['0 5/15 * * * *', '0 5-59/15 * * * *'],
  ['0 0 0 1,*/1 * Mon', '0 0 0 * * 1'],
  ['0 0 14-23,0 * * *', '0 0 14-23,0 * * *'],
  ['*/59 */59 */23 */31 */12 */6', '*/59 */59 */23 */31 */12 */6'],
  ['59 59 23 31 Dec sat', '59 59 23 31 12 6'],
])('parses the cron expression %j to %j', (text, pattern) => {
  expect(parseCron(text)).toEqual({ ok: true, pattern });
});

test.each([
  ['60 0 0 * * *', 'second'],
  ['0 60 0 * * *', 'minute'],
  ['0 0 24 * * *', 'hour'],
  ['0 0 0 0 * *', 'day of month'],
  ['0 0 0 32 * *', 'day of month'],
  ['0 0 0 L * *', 'day of month'],
  ['0 0 0 15W * *', 'day of month'],
  ['0 0 0 * 13 *', 'month'],
  ['0 0 0 * Janu *', 'month'],
  ['0 0 0 * * 7', 'day of week'],
  ['0 0 0 * * Fri-Sun', 'day of week'],
  ['0 0 0 * * 1#2', 'day of week'],
  ['0 0 0 * * 5L', 'day of week'],
  ['0 0 0 * * +1', 'day of week'],
  ['? 0 0 * * *', 'second'],
  ['0 0 5-3 * * *', 'hour'],
  ['0 */0 0 * * *', 'minute'],
  ['0 */60 0 * * *', 'minute'],
  ['0 1,,2 0 * * *', 'minute'],
  ['0 1- 0 * * *', 'minute'],
  ['0 0 -1 * * *', 'hour'],
  ['0 0 1.5 * * *', 'hour'],
  ['0 mon 0 * * *', 'minute'],
  ['0 0 0 *-5 * *', 'day of month'],
  ['60-5 0 0 * * *', 'second'],
  ['5-60 0 0 * * *', 'second'],
  ['0 1e1 0 * * *', 'minute'],
  ['0 0 0x1 * * *', 'hour'],
  ['0 0 001 * * *', 'hour'],
])('rejects %s and names the field %s', (text, field) => {
  const parsed = parseCron(text);
  const messages = parsed.ok ? [] : parsed.problems.map((problem) => problem.message);
  expect(messages).toHaveLength(1);
  expect(messages[0]).toContain(`"${field}"`);
});

test('reports every invalid field', () => {
  const parsed = parseCron('61 0 25 * 13 *');
  expect(parsed).toMatchObject({ ok: false, problems: { length: 3 } });
});

test.each([
  ['30 2 * * *', '"0 30 2 * * *"'],
  ['0 30 2 * * * 2026', 'Remove the year.'],
  ['CRON_TZ=Asia/Shanghai 0 30 2 * * *', 'Remove CRON_TZ=...'],
  ['0 30 2 * * * cron_tz=UTC', 'Remove cron_tz=...'],
  ['CRON_TZ=Asia/Shanghai 30 2 * * *', 'Remove CRON_TZ=...'],
  ['TZ=Asia/Shanghai 30 2 * * *', 'Remove TZ=...'],
  ['@daily', '"0 0 3 * * *"'],
  ['@every 30m', '"0 0 3 * * *"'],
])('rejects %s, which does not have six fields, with the hint %s', (text, hint) => {
  const parsed = parseCron(text);
  expect(parsed).toMatchObject({ ok: false, problems: { length: 1 } });
  expect(parsed.ok ? '' : parsed.problems[0]?.hint).toContain(hint);
});

test.each(['', ' ', '* * *', `0 0 0 ${'1,'.repeat(200)}1 * *`])(
  'reports one error for %j',
  (text) => {
    expect(parseCron(text)).toMatchObject({ ok: false, problems: { length: 1 } });
  },
);

test.each([
  ['x 0 0 * * *', 'the cron field "second" cannot be "x"', '0-59, combined with , - * /'],
  ['0 0 0 x * *', 'the cron field "day of month" cannot be "x"', '1-31, combined with , - * / ?'],
  ['0 0 0 * x *', 'the cron field "month" cannot be "x"', '1-12 or jan-dec, combined with , - * /'],
  [
    '0 0 0 * * x',
    'the cron field "day of week" cannot be "x"',
    '0-6 or sun-sat, combined with , - * / ?',
  ],
])('reports for %j what the field allows', (text, message, allowed) => {
  const problem = { message, found: '"x"', allowed, hint: undefined };
  expect(parseCron(text)).toEqual({ ok: false, problems: [problem] });
});

test.each(['* * *', '0 0 0 * * * 2026 x'])('reports for %j the six fields and no hint', (text) => {
  const problem = {
    message: 'the cron expression does not have six fields',
    allowed: 'six fields: second minute hour day-of-month month day-of-week',
    hint: undefined,
  };
  expect(parseCron(text)).toEqual({ ok: false, problems: [problem] });
});

test('accepts at most 256 characters', () => {
  const of = (length: number) => `0 0 0 ${'1,'.repeat(200)}`.slice(0, length - 6) + '10 * *';
  expect(of(256)).toHaveLength(256);
  expect(parseCron(of(256)).ok).toBe(true);
  expect(parseCron(of(257))).toEqual({
    ok: false,
    problems: [
      {
        message: 'the cron expression is longer than 256 characters',
        allowed: 'six fields: second minute hour day-of-month month day-of-week',
      },
    ],
  });
});

const hintOf = (text: string) => {
  const parsed = parseCron(text);
  return parsed.ok ? 'no error' : parsed.problems[0]?.hint;
};

test.each(['L', 'LW', '5L', '15W', '1#2', 'l'])('explains that %s is not supported', (sign) => {
  expect(hintOf(`0 0 0 ${sign} * *`)).toContain('not supported');
});

test.each(['Lx', 'xL', 'Wet', 'W', 'Jull', '5'.repeat(3)])('gives no hint for %s', (sign) => {
  expect(hintOf(`0 0 0 ${sign} * *`)).toBeUndefined();
});

test('explains that Sunday is 0 only for a 7 in day of week', () => {
  expect(hintOf('0 0 0 * * 7')).toBe('Sunday is 0.');
  expect(hintOf('0 0 0 * * Fri-7')).toBe('Sunday is 0. Write Fri-Sat,Sun.');
  expect(hintOf('0 0 0 * * 17')).toBeUndefined();
  expect(hintOf('0 7-99 0 * * *')).toBeUndefined();
});

test.each([
  ['0 30 2 * * *', 1, 1],
  ['0 2 * * * *', 24, 1],
  ['0 0/30 8-18,9 * * *', 22, 1],
  ['* 5 2 * * *', 60, 60],
  ['0,30 0 0 * * *', 2, 2],
  ['0 */7 * * * Mon', 216, 1],
])('%j fires %i times a day and %i times a minute', (text, perDay, perMinute) => {
  const parsed = parseCron(text);
  expect(parsed.ok && cronCounts(parsed.pattern)).toEqual({ perDay, perMinute });
});

test('an expression that fires every second is an error with a valid line as its hint', () => {
  const [problem] = tooOftenProblems('* 30 2 * * *', '* 30 2 * * *');
  expect(problem).toMatchObject({
    message: 'the cron expression fires 60 times a minute',
    hint: 'The first field is the second. Write "0 30 2 * * *".',
  });
  expect(tooOftenProblems('59 30 2 * * *', '59 30 2 * * *')).toEqual([]);
});
