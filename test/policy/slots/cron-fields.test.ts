import { describe, expect, it } from 'vitest';
import { FIELDS, readField, readValue } from '../../../lib/policy/slots/cron-fields.ts';

const fieldOf = (name: string) => {
  const field = FIELDS.find((one) => one.name === name);
  if (field === undefined) throw new Error(`no field ${name}`);
  return field;
};

describe('a field of a cron expression', () => {
  it.each([
    ['minute', '0,30', '0,30'],
    ['minute', '*/15', '*/15'],
    ['minute', '5/20', '5-59/20'],
    ['minute', '*/1', '*'],
    ['minute', '1,*', '*'],
    ['hour', '1-5/2', '1-5/2'],
    ['month', 'jan-Mar,DEC', '1-3,12'],
    ['day of week', 'Sun,Sat', '0,6'],
    ['day of month', '?', '*'],
  ])('%s %s reads as %s', (name, text, read) => {
    const field = fieldOf(name);
    expect(readField(field, text)).toBe(read);
  });

  it.each([
    ...[
      ['minute', '60'],
      ['minute', '?'],
      ['minute', ''],
      ['minute', '1,'],
      ['minute', '-1'],
    ],
    ...[
      ['minute', '5-1'],
      ['minute', '*/0'],
      ['minute', '*/60'],
      ['minute', '*-5'],
    ],
    ...[
      ['day of month', '0'],
      ['day of month', '32'],
      ['day of month', 'L'],
      ['hour', '24'],
    ],
    ...[
      ['month', 'Foo'],
      ['month', '13'],
      ['day of week', '7'],
      ['day of week', 'Mon#1'],
    ],
  ])('%s refuses %j', (name, text) => {
    expect(readField(fieldOf(name), text)).toBeUndefined();
  });

  it('has names for months and days only', () => {
    expect(readValue(fieldOf('month'), 'feb')).toBe(2);
    expect(readValue(fieldOf('day of week'), 'MON')).toBe(1);
    expect(readValue(fieldOf('hour'), 'mon')).toBeUndefined();
  });
});
