import { describe, expect, it } from 'vitest';
import type { Cph } from '../../../../lib/cloud/cph/cph.ts';
import type { Phone } from '../../../../lib/cloud/cph/phone.ts';
import { type ErrorCode, PhonevaultError, ServiceError } from '../../../../lib/errors.ts';
import { lookUp } from '../../../../lib/run/first-backup/hints/look-up.ts';
import type { RunDeps } from '../../../../lib/run/deps.ts';
import { playClock } from '../../../../testing/play-clock.ts';

const phone = (number: number): Phone => ({
  phone_id: `p${number}`,
  phone_name: `game-${number}`,
  server_id: `s${number % 3}`,
  status: 'running',
});

const refusal = (status: number | undefined): ServiceError => {
  const facts = { service: 'cph', operation: 'list-phones', status };
  return new ServiceError('service', 'CPS.0006', { ...facts, carriedOut: 'no' });
};

/** A project, newest phone first, that records its calls. */
function project(count: number) {
  const phones = Array.from({ length: count }, (_, index) => phone(count - index));
  const calls: string[] = [];
  const cph = {
    listPhones: async (query: { offset: number; limit: number; serverId?: string }) => {
      calls.push(`list ${query.serverId ?? 'all'} ${query.offset}`);
      if (query.serverId?.startsWith('CS') === true) {
        throw refusal(400);
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
  const warned: string[] = [];
  const log: RunDeps['log'] = {
    info: () => undefined,
    warn: (event, { id } = {}) => void warned.push(`${event} ${id}`),
    error: () => undefined,
  };
  return { cph, calls, clock: playClock(), log, warned };
}

const idsOf = (phones: string[], servers: string[] = [], others: string[] = []) => ({
  phones: new Set(phones),
  servers: new Set(servers),
  others: new Set(others),
});

describe('lookUp', () => {
  it('fetches a few phones one by one', async () => {
    const { calls, ...deps } = project(300);
    const fetched = await lookUp(deps, idsOf(['p1', 'gone']), Infinity);
    expect(fetched.phones.get('p1')?.phone_name).toBe('game-1');
    expect(fetched.phones.get('gone')).toBeNull();
    expect(calls).toEqual(expect.arrayContaining(['show p1', 'show gone']));
    expect(calls).toHaveLength(2);
  });

  it('reads the head of the list for many phones, while its pages hold some of them', async () => {
    const { calls, ...deps } = project(300);
    const many = Array.from({ length: 40 }, (_, index) => `p${300 - index}`);
    const fetched = await lookUp(deps, idsOf([...many, 'p1']), Infinity);
    expect([...many, 'p1'].every((id) => fetched.phones.get(id) != null)).toBe(true);
    expect(calls).toEqual(['list all 0', 'show p1']);
  });

  it('finds out whether an id is a phone, a server or neither', async () => {
    const { calls, ...deps } = project(30);
    const fetched = await lookUp(deps, idsOf([], [], ['p2', 's1', 'CS26']), Infinity);
    expect(fetched.phones.get('p2')).toBeTruthy();
    expect(fetched.servers.get('s1')).toHaveLength(10);
    expect(fetched.servers.get('CS26')).toEqual([]);
    expect(fetched.servers.has('p2')).toBe(false);
    expect(calls).toHaveLength(5);
  });

  it('makes at most 20 calls, and fetches every phone within some rounds', async () => {
    const { calls, ...deps } = project(4_000);
    const ids = Array.from({ length: 60 }, (_, index) => `p${index * 60 + 1}`);
    const met = new Set<string>();
    for (let minute = 0; minute < 15; minute += 1) {
      calls.length = 0;
      const { phones } = await lookUp(deps, idsOf(ids), Infinity);
      for (const id of ids) if (phones.has(id)) met.add(id);
      expect(calls.length).toBeLessThanOrEqual(20);
      deps.clock.move(60_000);
    }
    expect(met.size).toBe(60);
  });

  it.each([
    [3, ['show p1', 'show p2', 'show p3']],
    [4, ['list all 0']],
  ])('reads the list only for four phones or more: %i phones', async (count, expected) => {
    const { calls, ...deps } = project(10);
    await lookUp(deps, idsOf(Array.from({ length: count }, (_, n) => `p${n + 1}`)), Infinity);
    expect(calls.sort()).toEqual(expected);
  });

  it('reads the next page while a page shows four of the phones and others are left', async () => {
    const { calls, ...deps } = project(500);
    const ids = (from: number, count: number) =>
      Array.from({ length: count }, (_, n) => `p${from - n}`);
    const wanted = [...ids(500, 4), ...ids(400, 4), ...ids(300, 3), ...ids(150, 4)];
    await lookUp(deps, idsOf(wanted), Infinity);
    expect(calls.slice(0, 4)).toEqual(['list all 0', 'list all 100', 'list all 200', 'show p150']);
    expect(calls).toHaveLength(7);
  });

  it.each([100, 104])('reads to the end of a list of %i phones at most', async (count) => {
    const { calls, ...deps } = project(count);
    const ids = Array.from({ length: 100 }, (_, n) => `p${count - n}`);
    await lookUp(deps, idsOf([...ids, 'gone1', 'gone2', 'gone3', 'gone4']), Infinity);
    const lists = calls.filter((call) => call.startsWith('list'));
    expect(lists).toEqual(count === 100 ? ['list all 0'] : ['list all 0', 'list all 100']);
  });

  it('fetches no id that a list has shown', async () => {
    const { calls, ...deps } = project(10);
    const fetched = await lookUp(deps, idsOf(['p1', 'p2', 'p3', 'p4'], [], ['p5']), Infinity);
    expect(fetched.phones.get('p5')).toBeTruthy();
    expect(calls).toEqual(['list all 0']);
  });

  it('fetches nothing when its time is up', async () => {
    const { calls, ...deps } = project(10);
    const all = idsOf(['p1', 'p2', 'p3', 'p4'], ['s1'], ['p5']);
    const fetched = await lookUp(deps, all, deps.clock.now());
    expect(calls).toEqual([]);
    expect(fetched).toEqual({ phones: new Map(), servers: new Map() });
    expect((await lookUp(deps, all, deps.clock.now() + 1)).phones.size).toBe(10);
  });

  it('reserves eight calls for phones', async () => {
    const { calls, ...deps } = project(10);
    const others = Array.from({ length: 30 }, (_, n) => `others${n}`);
    const { phones } = await lookUp(deps, idsOf(['p1'], ['s0', 's1'], others), Infinity);
    expect(phones.has('p1')).toBe(true);
    expect(calls).toHaveLength(13);
    calls.length = 0;
    await lookUp(deps, idsOf([], [], others), Infinity);
    expect(calls).toHaveLength(20);
  });

  it('starts at another id in each round, so that every id is fetched', async () => {
    const { calls, ...deps } = project(10);
    const others = Array.from({ length: 60 }, (_, n) => `others${n}`);
    const met = new Set<string>();
    for (let minute = 0; minute < 8; minute += 1) {
      calls.length = 0;
      const { phones } = await lookUp(deps, idsOf(['p1'], [], others), Infinity);
      for (const id of phones.keys()) met.add(id);
      deps.clock.move(60_000);
    }
    expect(met.size).toBe(61);
  });

  it.each([
    [100, ['list s0 0']],
    [101, ['list s0 0', 'list s0 100']],
  ])('reads all pages of a server of %i phones', async (count, expected) => {
    const { calls, ...deps } = project(count * 3);
    const fetched = await lookUp(deps, idsOf([], ['s0']), Infinity);
    expect(fetched.servers.get('s0')).toHaveLength(count);
    expect(calls).toEqual(expected);
  });

  it('reads a server as far as the calls allow', async () => {
    const { calls, ...deps } = project(9_000);
    const fetched = await lookUp(deps, idsOf(['p1'], ['s0']), Infinity);
    expect(fetched.servers.get('s0')).toHaveLength(1_200);
    expect(calls).toHaveLength(13);
  });

  it('does not change its arguments', async () => {
    const { calls, ...deps } = project(3);
    const own = idsOf(['p1'], ['s1'], ['s2']);
    await lookUp(deps, own, Infinity);
    expect(own).toEqual(idsOf(['p1'], ['s1'], ['s2']));
    expect(calls).toContain('list s2 0');
  });

  it.each([
    ['404', refusal(404), []],
    ['400', refusal(400), []],
    ['500', refusal(500), undefined],
    ['no status', refusal(undefined), undefined],
  ])(
    'counts a server without phones when CPH responds with 400 or 404, and waits otherwise: %s',
    async (_, error, expected) => {
      const { cph, ...deps } = project(3);
      const own = { ...cph, listPhones: () => Promise.reject(error) };
      const { servers } = await lookUp({ ...deps, cph: own }, idsOf([], ['s1']), Infinity);
      expect(servers.get('s1')).toEqual(expected);
      expect(deps.warned).toEqual(expected === undefined ? ['phone_lookup_failed s1'] : []);
    },
  );

  it.each([
    ['a phone', idsOf(['p1', 'odd', 'p2']), ['p1', 'p2']],
    ['an id of unknown kind', idsOf(['p1'], [], ['odd', 'p2']), ['p1', 'p2']],
    ['a server', idsOf(['p1'], ['odd'], ['p2']), ['p1', 'p2']],
    ['the head of the list', idsOf(['p1', 'p2', 'p3', 'gone']), ['p1', 'p2', 'p3', 'gone']],
  ])('fetches the others when the call for %s fails', async (_, ids, expected) => {
    const { cph, ...deps } = project(3);
    const failing: Cph = {
      ...cph,
      showPhone: (id) => (id === 'odd' ? Promise.reject(refusal(400)) : cph.showPhone(id)),
      listPhones: () => Promise.reject(refusal(500)),
    };
    const { phones } = await lookUp({ ...deps, cph: failing }, ids, Infinity);
    expect([...phones.keys()].sort()).toEqual([...expected].sort());
    expect(deps.warned).toHaveLength(1);
  });

  it.each<ErrorCode>(['throttled', 'unreachable'])(
    'stops after a call that is %s',
    async (code) => {
      const { cph, ...deps } = project(3);
      const down = { ...cph, showPhone: () => Promise.reject(new PhonevaultError(code, 'no')) };
      const { phones } = await lookUp({ ...deps, cph: down }, idsOf(['p1', 'p2']), Infinity);
      expect([phones.size, deps.warned.length]).toEqual([0, 1]);
    },
  );

  it.each([
    new PhonevaultError('credentials_refused', 'no'),
    Object.assign(new Error(), { status: 404 }),
  ])('throws errors that every call would meet, and those of the program: %s', async (error) => {
    const { cph, ...deps } = project(3);
    const down = { ...cph, showPhone: () => Promise.reject(error) };
    await expect(lookUp({ ...deps, cph: down }, idsOf(['p1']), Infinity)).rejects.toBe(error);
  });
});
