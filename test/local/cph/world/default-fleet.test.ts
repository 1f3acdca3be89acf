import { describe, expect, it } from 'vitest';
import { defaultFleet } from '../../../../local/cph/world/default-fleet.ts';
import { createRandom } from '../../../../local/simulation/random.ts';

const make = (phones: number, servers: number) =>
  defaultFleet({ phones, servers, random: createRandom(1, 'spec') });

describe('defaultFleet', () => {
  it('spreads the phones evenly, with distinct names, over tagged servers', () => {
    const fleet = make(65, 3);
    const phones = fleet.servers.flatMap((server) => server.phones);
    expect(fleet.servers.map((server) => server.phones.length)).toEqual([22, 22, 21]);
    expect(fleet.servers.map((server) => server.tags.env)).toEqual(['prod', 'prod', 'test']);
    expect(new Set(phones.map((phone) => phone.name)).size).toBe(65);
    expect(phones[0]?.name).toBe('game-0001');
  });

  it.each([
    [60, 4],
    [10_000, 500],
  ])('has in %i phones a few of every status that do not run', (count, notRunning) => {
    const phones = make(count, 10).servers.flatMap((server) => server.phones);
    const statuses = phones.flatMap((phone) => phone.status ?? []);
    expect(statuses).toHaveLength(notRunning);
    expect(new Set(statuses)).toEqual(new Set([8, 6, 3, -7]));
  });

  it('has only running phones in a very small fleet', () => {
    expect(make(5, 1).servers[0]?.phones.every((phone) => phone.status === undefined)).toBe(true);
  });
});
