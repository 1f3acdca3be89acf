import { describe, expect, it } from 'vitest';
import type { Cph } from '../../../lib/cloud/cph.ts';
import type { Phone } from '../../../lib/cloud/cph-schemas.ts';
import { ServiceError } from '../../../lib/errors.ts';
import { lookAt } from '../../../lib/run/provisioned/look-at.ts';
import { playClock } from '../../support/play-clock.ts';

const phone = (number: number): Phone => ({
  phone_id: `p${number}`,
  phone_name: `game-${number}`,
  server_id: `s${number % 3}`,
  status: 2,
});

/** A project, newest phone first, that notes what it is asked. */
function project(count: number) {
  const phones = Array.from({ length: count }, (_, index) => phone(count - index));
  const calls: string[] = [];
  const cph = {
    listPhones: async (query: { offset: number; limit: number; serverId?: string }) => {
      calls.push(`list ${query.serverId ?? 'all'} ${query.offset}`);
      if (query.serverId?.startsWith('CS') === true) {
        const facts = { service: 'cph', operation: 'list-phones', status: 400 };
        throw new ServiceError('service', 'CPS.0006', { ...facts, carriedOut: 'no' });
      }
      const own = phones.filter(
        ({ server_id }) => query.serverId === undefined || server_id === query.serverId,
      );
      return { count: own.length, phones: own.slice(query.offset, query.offset + query.limit) };
    },
    showPhone: async (id: string) => {
      calls.push(`show ${id}`);
      return phones.find(({ phone_id }) => phone_id === id);
    },
  } as unknown as Cph;
  return { cph, calls, clock: playClock() };
}

const worth = (phones: string[], servers: string[] = [], others: string[] = []) => ({
  phones: new Set(phones),
  servers: new Set(servers),
  others: new Set(others),
});

describe('lookAt', () => {
  it('asks for a few phones one by one', async () => {
    const { calls, ...deps } = project(300);
    const seen = await lookAt(deps, worth(['p1', 'gone']), Infinity);
    expect(seen.phones.get('p1')?.phone_name).toBe('game-1');
    expect(seen.phones.get('gone')).toBeNull();
    expect(calls).toEqual(expect.arrayContaining(['show p1', 'show gone']));
    expect(calls).toHaveLength(2);
  });

  it('reads the head of the list for many, as long as it helps', async () => {
    const { calls, ...deps } = project(300);
    const many = Array.from({ length: 40 }, (_, index) => `p${300 - index}`);
    const seen = await lookAt(deps, worth([...many, 'p1']), Infinity);
    expect([...many, 'p1'].every((id) => seen.phones.get(id) != null)).toBe(true);
    expect(calls).toEqual(['list all 0', 'show p1']);
  });

  it('finds out whether an id is a phone, a server or neither', async () => {
    const { calls, ...deps } = project(30);
    const seen = await lookAt(deps, worth([], [], ['p2', 's1', 'CS26']), Infinity);
    expect(seen.phones.get('p2')).toBeTruthy();
    expect(seen.servers.get('s1')).toHaveLength(10);
    expect(seen.servers.get('CS26')).toEqual([]);
    expect(seen.servers.has('p2')).toBe(false);
    expect(calls).toHaveLength(5);
  });

  it('makes no more than twenty calls a look, and gets round to every phone', async () => {
    const { calls, ...deps } = project(4_000);
    const ids = Array.from({ length: 60 }, (_, index) => `p${index * 60 + 1}`);
    const met = new Set<string>();
    for (let minute = 0; minute < 15; minute += 1) {
      calls.length = 0;
      const { phones } = await lookAt(deps, worth(ids), Infinity);
      for (const id of ids) if (phones.has(id)) met.add(id);
      expect(calls.length).toBeLessThanOrEqual(20);
      deps.clock.move(60_000);
    }
    expect(met.size).toBe(60);
  });

  it('throws what is not an answer about the id', async () => {
    const { cph, clock } = project(3);
    const down = { ...cph, showPhone: () => Promise.reject(new Error('down')) };
    await expect(lookAt({ cph: down, clock }, worth(['p1']), Infinity)).rejects.toThrow('down');
  });
});
