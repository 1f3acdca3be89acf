import { describe, expect, it } from 'vitest';
import { isId, namedIds } from '../../../lib/runtime/events/named-ids.ts';

const none = { phones: [], servers: [], orders: [], refused: [] };

describe('namedIds', () => {
  it.each<[string, unknown, object]>([
    ['a phone', { phone_id: 'p1' }, { phones: ['p1'] }],
    [
      'lists of phones, sorted',
      { phone_ids: ['p2', 'p1'], phones: ['p3'] },
      { phones: ['p1', 'p2', 'p3'] },
    ],
    ['phones within phones', { jobs: [{ phone_id: 'p1', job_id: 'j1' }] }, { phones: ['p1'] }],
    ['JSON text', '{"server_ids":["s1"]}', { servers: ['s1'] }],
    ['phones rather than their server', { phone_id: 'p1', server_id: 's1' }, { phones: ['p1'] }],
    ['servers rather than their order', { servers: ['s1'], order_id: 'o1' }, { servers: ['s1'] }],
    ['an order alone', { order_id: 'o1' }, { orders: ['o1'] }],
    [
      'the phones that were refused',
      { phone_id: 'p1', error_code: 'CPS.0005' },
      { refused: ['p1'] },
    ],
    [
      'a phone with a job as not refused',
      { phone_id: 'p1', job_id: 'j', error_code: 'x' },
      { phones: ['p1'] },
    ],
    ['no ids in other fields', { name: 'p1', constructor: 'p2' }, {}],
    ['nothing in a text', 'phone p1', {}],
    ['nothing in undefined', undefined, {}],
  ])('reads %s', (_what, value, expected) => {
    expect(namedIds(value)).toEqual({ ...none, ...expected });
  });

  it('reads all values together', () => {
    const found = namedIds({ phone_ids: ['p1', 'p2'] }, { phone_id: 'p2', error_code: 'x' });
    expect(found).toEqual({ ...none, phones: ['p1'], refused: ['p2'] });
  });

  it('stops at a depth of six', () => {
    let value: unknown = { phone_id: 'p1' };
    for (let depth = 0; depth < 5; depth += 1) value = { data: value };
    expect(namedIds(value).phones).toEqual(['p1']);
    expect(namedIds({ data: value }).phones).toEqual([]);
  });
});

describe('isId', () => {
  it.each([
    ['p_1-A', true],
    ['x'.repeat(64), true],
    ['x'.repeat(65), false],
    ['', false],
    ['a/b', false],
    [7, false],
    [undefined, false],
  ])('reads %j as %s', (value, expected) => {
    expect(isId(value)).toBe(expected);
  });
});
