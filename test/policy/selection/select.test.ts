import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Candidate,
  selectPhones,
  submissionOrder,
} from '../../../lib/policy/selection/select.ts';

const phone = (phone_id: string, server_id: string, phone_name = phone_id): Candidate => ({
  phone_id,
  server_id,
  phone_name,
  status: 'running',
});

const fleet = [
  phone('p1', 's1', 'game-1'),
  phone('p2', 's1', 'game-2'),
  phone('p3', 's2', 'game-3'),
  phone('p4', 's2', 'shop-1'),
];

const idsOf = (phones: { phone_id: string }[]) => phones.map(({ phone_id }) => phone_id);

type Select = Parameters<typeof selectPhones>[0];
const select = (conditions: Partial<Select>): Select => ({ max_phones: 5000, ...conditions });

describe('selectPhones', () => {
  test.each<[string, Partial<Select>, string[]]>([
    ['phones by id', { phones: ['p3', 'p1'] }, ['p1', 'p3']],
    ['phones by server', { servers: ['s2'] }, ['p3', 'p4']],
    ['phones by name', { name: 'game-*' }, ['p1', 'p2', 'p3']],
    ['every phone for *', { name: '*' }, ['p1', 'p2', 'p3', 'p4']],
    ['phones by server tag', { server_tags: { env: ['prod'] } }, ['p3', 'p4']],
    ['only phones that meet all conditions', { servers: ['s2'], name: 'game-*' }, ['p3']],
    ['nothing when no phone meets all conditions', { servers: ['s1'], phones: ['p3'] }, []],
    ['no excluded phone', { name: '*', exclude: { phones: ['p1'] } }, ['p2', 'p3', 'p4']],
    ['no phone of an excluded server', { name: '*', exclude: { servers: ['s1'] } }, ['p3', 'p4']],
    ['no phone with an excluded name', { name: '*', exclude: { name: '*-1' } }, ['p2', 'p3']],
    [
      'no excluded phone, even by id',
      { phones: ['p1', 'p2'], exclude: { phones: ['p1'] } },
      ['p2'],
    ],
    ['nothing without a condition', {}, []],
    ['nothing with only an exclude', { exclude: { phones: ['p1'] } }, []],
  ])('selects %s', (_, conditions, expected) => {
    const taggedServers = new Set(['s2']);
    const { selected, missing } = selectPhones(select(conditions), fleet, { taggedServers });
    expect(idsOf(selected)).toEqual(expected);
    expect(missing).toEqual([]);
  });

  test('reports listed phones that do not exist, unless they are excluded', () => {
    const wanted = select({ phones: ['p1', 'gone', 'left'], exclude: { phones: ['left'] } });
    expect(selectPhones(wanted, fleet).missing).toEqual(['gone']);
  });

  test('does not report a phone as missing when it fails another condition', () => {
    expect(selectPhones(select({ phones: ['p1'], servers: ['s2'] }), fleet).missing).toEqual([]);
  });

  test('selects a phone once when the service lists it twice', () => {
    const { selected } = selectPhones(select({ name: '*' }), [...fleet, ...fleet]);
    expect(idsOf(selected)).toEqual(['p1', 'p2', 'p3', 'p4']);
  });

  test.each([
    [4, undefined],
    [3, { found: 4, max: 3 }],
  ])(
    'reports a selection of 4 phones only when the limit is lower: %d',
    (max_phones, overLimit) => {
      expect(selectPhones(select({ name: '*', max_phones }), fleet).overLimit).toEqual(overLimit);
    },
  );

  test('throws for server_tags without the tagged servers', () => {
    expect(() => selectPhones(select({ server_tags: { env: [] } }), fleet)).toThrow(TypeError);
  });
});

describe('submissionOrder', () => {
  test('takes one phone of each server in turn', () => {
    const phones = [phone('c', 's1'), phone('a', 's1'), phone('b', 's2'), phone('d', 's1')];
    expect(idsOf(submissionOrder(phones))).toEqual(['a', 'b', 'c', 'd']);
  });

  const phones = fc.uniqueArray(
    fc
      .tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 6 }))
      .map(([id, server]) => phone(`p${id}`, `s${server}`)),
    { selector: ({ phone_id }) => phone_id, maxLength: 60 },
  );

  test('returns all phones in an order that does not depend on the input order', () => {
    fc.assert(
      fc.property(phones, (selected) => {
        const order = submissionOrder(selected);
        expect(idsOf(order).sort()).toEqual(idsOf(selected).sort());
        expect(submissionOrder([...selected].reverse())).toEqual(order);
      }),
    );
  });

  test('repeats a server only when no other server has phones left', () => {
    fc.assert(
      fc.property(phones, (selected) => {
        const servers = submissionOrder(selected).map(({ server_id }) => server_id);
        const first = servers.findIndex(
          (server, index) => index > 0 && server === servers[index - 1],
        );
        if (first >= 0) expect(new Set(servers.slice(first))).toEqual(new Set([servers[first]]));
      }),
    );
  });

  test('does not change its input', () => {
    const selected = [phone('b', 's1'), phone('a', 's1')];
    submissionOrder(selected);
    expect(idsOf(selected)).toEqual(['b', 'a']);
  });
});
