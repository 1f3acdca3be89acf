import { expect, test } from 'vitest';
import { parseCron } from '../../lib/policy/cron.ts';

test.each([
  ['0 30 2 * * *', '0 30 2 * * *'],
  ['  0  0 3 ? * ?  ', '0 0 3 * * *'],
  ['0 0 3 * jan-MAR Mon,wed', '0 0 3 * 1-3 1,3'],
  ['*/10 0,30 8-18/2 1-7 * 0', '*/10 0,30 8-18/2 1-7 * 0'],
  ['0 5/15 * * * *', '0 5-59/15 * * * *'],
  ['0 0 0 1,*/1 * Mon', '0 0 0 * * 1'],
  ['0 0 14-23,0 * * *', '0 0 14-23,0 * * *'],
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

test('foreign signs and a Sunday of 7 come with a hint', () => {
  const hintOf = (text: string) => {
    const parsed = parseCron(text);
    return parsed.ok ? undefined : parsed.problems[0]?.hint;
  };
  expect(hintOf('0 0 0 L * *')).toContain('other schedulers');
  expect(hintOf('0 0 0 * * 7')).toBe('Sunday is 0.');
  expect(hintOf('0 0 0 * * Wet')).toBeUndefined();
});
