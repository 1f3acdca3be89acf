import { expect, it } from 'vitest';
import { createFleet } from '../../../../local/cph/world/fleet.ts';
import { defaultTimings } from '../../../../local/cph/world/settings.ts';
import { createRandom } from '../../../../local/simulation/random.ts';

const NOW = Date.UTC(2026, 0, 31);
const spec = {
  servers: [
    { name: 's1', tags: { env: 'prod' }, phones: [{ name: 'a', status: 8 }, { name: 'b' }] },
    { name: 's2', tags: {}, phones: [{ name: 'c', imageVersion: 'AOSP 7.0' }] },
  ],
};
const create = () =>
  createFleet({ spec, random: createRandom(1, 'fleet'), timings: defaultTimings, now: NOW });

it('creates the phones of a spec one second after the other, a month ago', () => {
  const { order, servers, phones } = create();
  expect(order.map(({ name, status }) => [name, status])).toEqual([
    ['a', 8],
    ['b', 2],
    ['c', 2],
  ]);
  expect(order.map(({ createdAt }) => (NOW - createdAt) / 1_000 - 30 * 86_400)).toEqual([3, 2, 1]);
  expect([...servers.values()].map(({ name, tags }) => [name, tags.get('env')])).toEqual([
    ['s1', 'prod'],
    ['s2', undefined],
  ]);
  expect(order[2]).toMatchObject({ imageVersion: 'AOSP 7.0', generation: 1, files: undefined });
  expect(phones.get(order[0]!.id)).toBe(order[0]);
});

it('adds and removes phones without reusing a number', () => {
  const fleet = create();
  const phone = fleet.addPhone({ name: 'd' }, fleet.order[0]!.serverId, NOW);
  fleet.removePhone(phone);
  expect([fleet.order.length, fleet.phones.has(phone.id), fleet.nextNumber()]).toEqual([
    3,
    false,
    5,
  ]);
});
