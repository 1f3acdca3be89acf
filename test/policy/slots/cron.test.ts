import { expect, test } from 'vitest';
import { parseCron } from '../../../lib/policy/slots/cron.ts';

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
])('%j is read as %j', (text, pattern) => {
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
])('%s names the field %s', (text, field) => {
  const parsed = parseCron(text);
  const messages = parsed.ok ? [] : parsed.problems.map((problem) => problem.message);
  expect(messages).toHaveLength(1);
  expect(messages[0]).toContain(`"${field}"`);
});

test('every field that is wrong is told', () => {
  const parsed = parseCron('61 0 25 * 13 *');
  expect(parsed).toMatchObject({ ok: false, problems: { length: 3 } });
});

test.each([
  ['30 2 * * *', '"0 30 2 * * *"'],
  ['0 30 2 * * * 2026', 'Leave the year out.'],
  ['CRON_TZ=Asia/Shanghai 0 30 2 * * *', 'leave CRON_TZ=... out'],
  ['0 30 2 * * * cron_tz=UTC', 'leave CRON_TZ=... out'],
  ['@daily', '"0 0 3 * * *"'],
  ['@every 30m', '"0 0 3 * * *"'],
])('%s does not have six fields: %s', (text, hint) => {
  const parsed = parseCron(text);
  expect(parsed).toMatchObject({ ok: false, problems: { length: 1 } });
  expect(parsed.ok ? '' : parsed.problems[0]?.hint).toContain(hint);
});

test.each(['', ' ', '* * *', `0 0 0 ${'1,'.repeat(200)}1 * *`])(
  '%j is refused as a whole',
  (text) => {
    expect(parseCron(text)).toMatchObject({ ok: false, problems: { length: 1 } });
  },
);

test.each([
  ['x 0 0 * * *', 'the cron field "second" cannot be "x"', '0-59, joined by , - * /'],
  ['0 0 0 x * *', 'the cron field "day of month" cannot be "x"', '1-31, joined by , - * / ?'],
  ['0 0 0 * x *', 'the cron field "month" cannot be "x"', '1-12 or jan-dec, joined by , - * /'],
  [
    '0 0 0 * * x',
    'the cron field "day of week" cannot be "x"',
    '0-6 or sun-sat, joined by , - * / ?',
  ],
])('%j is told with what the field may be', (text, message, allowed) => {
  const problem = { message, found: '"x"', allowed, hint: undefined };
  expect(parseCron(text)).toEqual({ ok: false, problems: [problem] });
});

test.each(['* * *', '0 0 0 * * * 2026 x'])('%j is told with the shape, and no hint', (text) => {
  const problem = {
    message: 'the cron expression does not have six fields',
    allowed: 'six fields: second minute hour day-of-month month day-of-week',
    hint: undefined,
  };
  expect(parseCron(text)).toEqual({ ok: false, problems: [problem] });
});

test('an expression has 256 characters at most', () => {
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
  return parsed.ok ? 'none is needed' : parsed.problems[0]?.hint;
};

test.each(['L', 'LW', '5L', '15W', '1#2', 'l'])('%s comes with a hint', (sign) => {
  expect(hintOf(`0 0 0 ${sign} * *`)).toContain('other schedulers');
});

test.each(['Lx', 'xL', 'Wet', 'W', 'Jull', '5'.repeat(3)])('%s comes without one', (sign) => {
  expect(hintOf(`0 0 0 ${sign} * *`)).toBeUndefined();
});

test('a Sunday of 7 comes with a hint, another 7 without', () => {
  expect(hintOf('0 0 0 * * 7')).toBe('Sunday is 0.');
  expect(hintOf('0 0 0 * * Fri-7')).toBe('Sunday is 0.');
  expect(hintOf('0 0 0 * * 17')).toBeUndefined();
  expect(hintOf('0 7-99 0 * * *')).toBeUndefined();
});
