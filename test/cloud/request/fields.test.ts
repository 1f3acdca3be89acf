import { describe, expect, it } from 'vitest';
import { compact, id, integer, message, records, text } from '../../../lib/cloud/request/fields.ts';

const NOTHING = [undefined, null, ''];

describe('text', () => {
  it.each([...NOTHING, 7, {}, ['a']])('reads %j as undefined', (value) => {
    expect(text.parse(value)).toBeUndefined();
  });

  it('cuts a long one', () => {
    expect(text.parse('a b')).toBe('a b');
    expect(text.parse('x'.repeat(2_000))).toHaveLength(1_024);
  });
});

describe('message', () => {
  it('removes addresses and cuts a long one', () => {
    expect(message.parse('no phone at 10.0.0.1')).toBe('no phone at [address]');
    expect(message.parse('x y '.repeat(200))).toHaveLength(300);
    expect(message.parse(null)).toBeUndefined();
  });
});

describe('id', () => {
  it.each(['a', 'A_1-b', '0123456789abcdef0123456789abcdef', 'x'.repeat(64)])(
    'reads %s',
    (value) => {
      expect(id.parse(value)).toBe(value);
    },
  );

  it.each([...NOTHING, 7, 'x'.repeat(65), '../jobs', 'a/b', 'a b', 'ä', '__proto__'])(
    'reads %j as undefined',
    (value) => {
      expect(id.parse(value)).toBeUndefined();
    },
  );
});

describe('integer', () => {
  it.each([
    [7, 7],
    [0, 0],
    [-1, -1],
    ['8', 8],
    ['-1', -1],
    ['1234567890', undefined],
    ['1.5', undefined],
    [1.5, undefined],
    [2 ** 53, undefined],
    [NaN, undefined],
    ['', undefined],
    [null, undefined],
    [true, undefined],
  ])('reads %j as %s', (value, expected) => {
    expect(integer.parse(value)).toBe(expected);
  });
});

describe('records', () => {
  it.each([undefined, null, '', {}, 7])('reads %j as an empty list', (value) => {
    expect(records.parse(value)).toEqual([]);
  });

  it('drops entries that are not objects', () => {
    expect(records.parse([{ a: 1 }, null, 'x', 7, [], { b: 2 }])).toEqual([{ a: 1 }, { b: 2 }]);
  });
});

describe('compact', () => {
  it('drops undefined fields and keeps all others', () => {
    const value = compact({ a: undefined, b: 0, c: '', d: false, e: null });
    expect(Object.entries(value)).toEqual([
      ['b', 0],
      ['c', ''],
      ['d', false],
      ['e', null],
    ]);
  });
});
