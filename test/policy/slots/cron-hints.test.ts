import { expect, test } from 'vitest';
import { cron } from '../../../lib/policy/schema/fields.ts';
import { parseCron } from '../../../lib/policy/slots/cron.ts';

const hintOf = (text: string): string | undefined => {
  const parsed = parseCron(text);
  return parsed.ok ? 'no error' : parsed.problems[0]?.hint;
};

const hintOfIssue = (issue: object): string | undefined =>
  'params' in issue ? (issue.params as { hint?: string }).hint : undefined;

test.each([
  ['0 0 0 * * Sat-Sun', 'Write Sat,Sun.'],
  ['0 0 0 * * fri-mon', 'Write Fri-Sat,Sun-Mon.'],
  ['0 0 0 * * 5-7', 'Sunday is 0. Write 5-6,0.'],
  ['0 0 22-2 * * *', 'Write 22-23,0-2.'],
  ['0 0 0 * Nov-Feb *', 'Write Nov-Dec,Jan-Feb.'],
  ['0 0 24 * * *', 'Midnight is 0.'],
  ['0 H 2 * * *', 'H are not supported'],
  ['0 0 2 L,15 * *', 'L, W, # and H are not supported'],
  ['0 0 2 L-3 * *', 'L, W, # and H are not supported'],
  ['0 0 2 * * Mon,5#2', 'L, W, # and H are not supported'],
  ['0 0 22-2,12 * * *', 'Write 22-23,0-2 for 22-2.'],
  ['0 0 0 * * Sat-Sun,Wed', 'Write Sat,Sun for Sat-Sun.'],
  ['0 0 0,24 * * *', 'Midnight is 0.'],
  ['0 0 22-24 * * *', 'Midnight is 0.'],
  ['0 0 0 * * 1,7', 'Sunday is 0.'],
  ['0 0 0 * * Monday', 'Write Mon.'],
])('%j has the hint %s', (text, hint) => {
  expect(hintOf(text)).toContain(hint);
});

test.each([
  '30 2 * * *',
  'H 2 * * *',
  '30 2 * * 5-7',
  '30 2 * * Sat-Sun',
  '30 24 * * *',
  '0 0 24 * * * 2026',
  '@daily',
  '30 2 31 2 *',
  '30 2 30 Feb *',
  '* 30 2 31 2 *',
  '*/5 0 0 31 4,6 ?',
  '*/2 * * * * *',
])('no line that the hint of %j proposes is an error', (text) => {
  const hint = cron.safeParse(text).error?.issues.map(hintOfIssue)[0];
  for (const [, proposed = ''] of hint?.matchAll(/"([^"]+)"/g) ?? []) {
    expect(cron.safeParse(proposed)).toMatchObject({ success: true });
  }
});

test('says to remove the year only when the rest is valid', () => {
  expect(hintOf('0 30 2 * * * 2026')).toBe('Remove the year.');
  expect(hintOf('0 30 24 * * * 2026')).toBeUndefined();
  expect(hintOf('* * * * * * 2026')).toBeUndefined();
  expect(hintOf('0 30 2 31 2 * 2026')).toBeUndefined();
});

test.each(['Sat-Sun', '22-2', '5-7', 'Nov-Feb', 'Tue-7'])(
  'the ranges proposed for %s are valid',
  (range) => {
    const place = range === '22-2' ? 2 : range === 'Nov-Feb' ? 4 : 5;
    const fields = ['0', '0', '0', '*', '*', '*'];
    const fixed = /Write (\S+)\.$/.exec(hintOf(fields.with(place, range).join(' ')) ?? '')?.[1];
    expect(parseCron(fields.with(place, fixed ?? '').join(' '))).toMatchObject({ ok: true });
  },
);
