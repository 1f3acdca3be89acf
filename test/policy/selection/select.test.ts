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

describe('a selection', () => {
  test.each<[string, Partial<Select>, string[]]>([
    ['by phone', { phones: ['p3', 'p1'] }, ['p1', 'p3']],
    ['by server', { servers: ['s2'] }, ['p3', 'p4']],
    ['by name', { name: 'game-*' }, ['p1', 'p2', 'p3']],
    ['of every phone', { name: '*' }, ['p1', 'p2', 'p3', 'p4']],
    ['by tag', { server_tags: { env: ['prod'] } }, ['p3', 'p4']],
    ['by all conditions together', { servers: ['s2'], name: 'game-*' }, ['p3']],
    ['by conditions that no phone meets', { servers: ['s1'], phones: ['p3'] }, []],
    ['less a phone', { name: '*', exclude: { phones: ['p1'] } }, ['p2', 'p3', 'p4']],
    ['less a server', { name: '*', exclude: { servers: ['s1'] } }, ['p3', 'p4']],
    ['less a name', { name: '*', exclude: { name: '*-1' } }, ['p2', 'p3']],
    ['where exclude wins', { phones: ['p1', 'p2'], exclude: { phones: ['p1'] } }, ['p2']],
    ['without a condition', {}, []],
    ['with nothing but exclude', { exclude: { phones: ['p1'] } }, []],
  ])('%s', (_, conditions, expected) => {
    const taggedServers = new Set(['s2']);
    const { selected, missing } = selectPhones(select(conditions), fleet, { taggedServers });
    expect(idsOf(selected)).toEqual(expected);
    expect(missing).toEqual([]);
  });

  test('tells the phones that are not there, unless they are excluded', () => {
    const wanted = select({ phones: ['p1', 'gone', 'left'], exclude: { phones: ['left'] } });
    expect(selectPhones(wanted, fleet).missing).toEqual(['gone']);
  });

  test('does not count a phone as missing that fails another condition', () => {
    expect(selectPhones(select({ phones: ['p1'], servers: ['s2'] }), fleet).missing).toEqual([]);
  });

  test('holds a phone once that was listed twice', () => {
    const { selected } = selectPhones(select({ name: '*' }), [...fleet, ...fleet]);
    expect(idsOf(selected)).toEqual(['p1', 'p2', 'p3', 'p4']);
  });

  test.each([
    [4, undefined],
    [3, { found: 4, max: 3 }],
  ])('of 4 phones with a limit of %d', (max_phones, overLimit) => {
    expect(selectPhones(select({ name: '*', max_phones }), fleet).overLimit).toEqual(overLimit);
  });

  test('by tag needs to know the servers', () => {
    expect(() => selectPhones(select({ server_tags: { env: [] } }), fleet)).toThrow(TypeError);
  });
});

describe('the submission order', () => {
  test('goes round the servers', () => {
    const phones = [phone('c', 's1'), phone('a', 's1'), phone('b', 's2'), phone('d', 's1')];
    expect(idsOf(submissionOrder(phones))).toEqual(['a', 'b', 'c', 'd']);
  });

  const phones = fc.uniqueArray(
    fc
      .tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 6 }))
      .map(([id, server]) => phone(`p${id}`, `s${server}`)),
    { selector: ({ phone_id }) => phone_id, maxLength: 60 },
  );

  test('is the same phones in the same order, however they were listed', () => {
    fc.assert(
      fc.property(phones, (selected) => {
        const order = submissionOrder(selected);
        expect(idsOf(order).sort()).toEqual(idsOf(selected).sort());
        expect(submissionOrder([...selected].reverse())).toEqual(order);
      }),
    );
  });

  test('has neighbours on one server only when no other server has phones left', () => {
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

  test('leaves its input alone', () => {
    const selected = [phone('b', 's1'), phone('a', 's1')];
    submissionOrder(selected);
    expect(idsOf(selected)).toEqual(['b', 'a']);
  });
});
