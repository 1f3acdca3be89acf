import { expect, it } from 'vitest';
import { isWrongUse } from '../../../cli/program/command.ts';
import {
  durationValue,
  momentValue,
  nameValue,
  wholeNumber,
} from '../../../cli/program/option-values.ts';

const DAY = 86_400_000;
const now = Date.UTC(2026, 0, 10);

it.each([
  ['2d', now - 2 * DAY],
  ['1h30m', now - 5_400_000],
  ['2026-01-02', Date.UTC(2026, 0, 2)],
  ['2026-01-02T03:04Z', Date.UTC(2026, 0, 2, 3, 4)],
  ['2026-01-02T03:04:05+08:00', Date.UTC(2026, 0, 1, 19, 4, 5)],
])('the moment %s', (text, expected) => {
  expect(momentValue(text)(now)).toBe(expected);
});

it('the number 12 and the time 90s', () => {
  expect(wholeNumber(1, 12)('12')).toBe(12);
  expect(durationValue('90s')).toBe(90_000);
});

const number = wholeNumber(1, 12);
const name = nameValue('a name');

it.each([
  ['moment', momentValue, ''],
  ['moment', momentValue, '0s'],
  ['moment', momentValue, 'yesterday'],
  ['moment', momentValue, '2026-02-31T00:00Z'],
  ['moment', momentValue, '2026-01-02T03:04:05'],
  ['moment', momentValue, '2026-13-01'],
  ['duration', durationValue, '60'],
  ['duration', durationValue, '0s'],
  ['number', number, '13'],
  ['number', number, '0'],
  ['number', number, '-1'],
  ['number', number, '1.5'],
  ['name', name, '../x'],
  ['name', name, ''],
])('no %s is %j', (_, read: (text: string) => unknown, text) => {
  let refusal: unknown;
  try {
    read(text);
  } catch (error) {
    refusal = error;
  }

  expect(isWrongUse(refusal)).toBe(true);
});
