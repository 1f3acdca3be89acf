import { describe, expect, it } from 'vitest';
import {
  loadInventory,
  saveInventory,
  startInventory,
} from '../../../lib/ledger/fleet/inventory.ts';
import { ReadsSpent } from '../../../lib/errors.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { findCandidates } from '../../../lib/run/plan/candidates.ts';
import { phone } from '../../support/fleet.ts';
import { refusal, runScene } from '../../support/run-scene.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

type Select = Partial<Parameters<typeof findCandidates>[1]>;
type Cloud = { tagged?: string[]; gone?: string[]; fleet?: string[]; store?: Store };

const numbered = (letter: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${letter}${n}`);

/**
 * A cloud that has every phone except `gone`. Its list has those of `fleet`, newest first; each server has the phone of its name.
 * `spend` limits the reads that follow.
 */
function cloud({ tagged = [], gone = [], fleet = ['of-all'], store: known }: Cloud = {}) {
  const calls: string[] = [];
  let now = 0;
  let most = 0;
  let left = Number.POSITIVE_INFINITY;
  const read = (what: string): void => {
    if (left <= 0) throw new ReadsSpent(T0 + MINUTE);
    left -= 1;
    calls.push(what);
  };
  const scene = runScene({
    serversByTags: async (tags) => {
      read(`tags ${Object.keys(tags).join()}`);
      return tagged;
    },
    showPhone: async (id) => {
      read(`show ${id}`);
      most = Math.max(most, (now += 1));
      await Promise.resolve();
      now -= 1;
      return gone.includes(id) ? undefined : phone(id);
    },
    listPhones: async ({ serverId, offset, limit }) => {
      read(`list ${serverId ?? 'all'}${offset > 0 ? ` ${offset}` : ''}`);
      const isGone = gone.includes(serverId ?? 'all');
      if (isGone) throw refusal({ code: 'not_found', serviceCode: 'CPS.0016' });
      scene.clock.move(1);
      const ids = serverId === undefined ? fleet : [`of-${serverId}`];
      return {
        count: ids.length,
        phones: ids.slice(offset, offset + limit).map((id) => phone(id)),
      };
    },
  });
  if (known !== undefined) scene.deps.store = known;
  const find = async (select: Select, only?: string[], until = T0 + MINUTE, requestedAt = T0) => {
    const found = await findCandidates(
      scene.deps,
      { max_phones: 9_999, ...select },
      { requestedAt, until, only },
    );
    return found && { ...found, ids: found.candidates.map(({ phone_id }) => phone_id) };
  };
  const spend = (reads: number): void => void (left = reads);
  return { ...scene, calls, most: () => most, find, spend };
}

describe('findCandidates', () => {
  it('reads a few phones one by one, and leaves out those that do not exist', async () => {
    const { find, calls } = cloud({ gone: ['q'] });
    expect(await find({ phones: ['p', 'q', 'r'] })).toEqual({
      candidates: [phone('p'), phone('r')],
      ids: ['p', 'r'],
      taggedServers: undefined,
      complete: true,
      asOf: T0,
      missingServers: [],
    });
    expect(calls).toEqual(['show p', 'show q', 'show r']);
  });

  it('names the servers that do not exist, and reads the phones of the others', async () => {
    const { find } = cloud({ gone: ['s1', 's3'] });
    expect(await find({ servers: ['s1', 's2', 's3', 's4'] })).toMatchObject({
      ...{ ids: ['of-s2', 'of-s4'], missingServers: ['s1', 's3'], complete: true },
    });
  });

  it('throws when CPH refuses to list the whole fleet', async () => {
    await expect(cloud({ gone: ['all'] }).find({})).rejects.toMatchObject({ code: 'not_found' });
  });

  it('reads at most four phones at once', async () => {
    const { find, most } = cloud({ fleet: numbered('x', 50_000) });
    await find({ phones: numbered('p', 20) });
    expect(most()).toBe(4);
  });

  it.each<[string, string[] | undefined, string[] | undefined, string]>([
    ['the phones of the request', ['o'], ['p'], 'show o'],
    ['the phones of the request when the policy names none', ['o'], undefined, 'show o'],
    ['the fleet when neither names phones', undefined, undefined, 'list all'],
  ])('reads %s', async (_, only, phones, call) => {
    const { find, calls } = cloud();
    await find(phones === undefined ? {} : { phones }, only);
    expect(calls).toEqual([call]);
  });

  it.each<[string, Select, string[], string[]]>([
    ['each server that is named', { servers: ['s2', 's1'] }, [], ['s2', 's1']],
    [
      'each server with the tags, in order',
      { server_tags: { env: [] } },
      ['s3', 's1'],
      ['s1', 's3'],
    ],
    [
      'each server that is named and has the tags',
      { servers: ['s2', 's1', 's4'], server_tags: { env: [] } },
      ['s1', 's3', 's4'],
      ['s1', 's4'],
    ],
    [
      'nothing when no named server has the tags',
      { servers: ['s2'], server_tags: { env: [] } },
      [],
      [],
    ],
    ['each of fifty servers', { servers: numbered('s', 50) }, [], numbered('s', 50)],
    ['the whole fleet for more than fifty servers', { servers: numbered('s', 51) }, [], ['all']],
    ['the whole fleet for a selection without servers', { name: '*' }, ['s1'], ['all']],
  ])('reads %s', async (_, select, tagged, scopes) => {
    const { find, calls } = cloud({ tagged });
    const found = await find(select);
    expect(calls.filter((call) => call !== 'tags env')).toEqual(scopes.map((id) => `list ${id}`));
    expect(found?.ids).toEqual(scopes.map((id) => `of-${id}`));
    expect(found?.complete).toBe(true);
  });

  it('returns the servers with the tags of the policy', async () => {
    const { find, calls } = cloud({ tagged: ['s1', 's2'] });
    const select = { server_tags: { env: ['prod'] } };
    expect((await find(select))?.taggedServers).toEqual(new Set(['s1', 's2']));
    expect((await find({ ...select, phones: ['p'] }))?.taggedServers).toEqual(
      new Set(['s1', 's2']),
    );
    expect((await find({ name: '*' }))?.taggedServers).toBeUndefined();
    expect(calls.filter((call) => call.startsWith('tags'))).toEqual(['tags env']);
  });

  it('is incomplete when one of its readings is incomplete', async () => {
    const { find, store } = cloud();
    const read = { ...startInventory(T0, 's1'), finished_at: T0, complete: false };
    await saveInventory(store, read);
    expect((await find({ servers: ['s1', 's2'] }))?.complete).toBe(false);
    expect((await find({ servers: ['s2'] }))?.complete).toBe(true);
  });

  it('is as of the oldest of its readings', async () => {
    const { find, store } = cloud();
    const old = startInventory(T0 - MINUTE / 2, 's1');
    await saveInventory(store, { ...old, finished_at: T0, phones: [phone('p')] });
    const found = await find({ servers: ['s1', 's2'] });
    expect(found).toMatchObject({ asOf: T0 - MINUTE / 2, ids: ['p', 'of-s2'] });
  });

  it('is as of its start when the readings begin later', async () => {
    const { find } = cloud();
    expect((await find({ servers: ['s1', 's2'] }))?.asOf).toBe(T0);
  });

  it('returns undefined while there is more to read, and keeps what was read', async () => {
    const { find, store } = cloud();
    expect(await find({ servers: ['s1', 's2'] }, undefined, T0 + 1)).toBeUndefined();
    expect((await loadInventory(store, 's1'))?.finished_at).toBe(T0 + 1);
    expect((await find({ servers: ['s1', 's2'] }))?.ids).toEqual(['of-s1', 'of-s2']);
  });

  it('returns only the fields of a phone that a selection needs', async () => {
    const scene = runScene({
      showPhone: async (id) => phone(id, { image_version: 'v1', created_at: T0 }),
    });
    const select = { phones: ['p'] } as Parameters<typeof findCandidates>[1];
    const found = await findCandidates(scene.deps, select, { requestedAt: T0, until: T0 });
    expect(found?.candidates).toEqual([phone('p', { image_version: 'v1' })]);
  });
});

describe('reading named phones', () => {
  const fleet = numbered('p', 500);
  const pages = [
    'list all',
    'list all 99',
    'list all 198',
    'list all 297',
    'list all 396',
    'list all 495',
  ];

  it('reads up to four one by one, and the list for more when it takes fewer calls', async () => {
    const few = cloud({ fleet });
    await few.find({ phones: numbered('p', 4) });
    expect(few.calls).toHaveLength(4);
    const many = cloud({ fleet });
    expect((await many.find({ phones: ['p0', 'p499', 'p200', 'p3', 'p4', 'p5'] }))?.ids).toEqual([
      ...['p0', 'p499', 'p200', 'p3', 'p4', 'p5'],
    ]);
    expect(many.calls).toEqual(['list all', 'show p499', 'show p200']);
  });

  it('stops the list as soon as it has seen them all', async () => {
    const { find, calls } = cloud({ fleet });
    await find({ phones: numbered('p', 120) });
    expect(calls).toEqual(pages.slice(0, 2));
  });

  it('stops the list when its rest takes more calls than the phones', async () => {
    const { find, calls } = cloud({ fleet: numbered('x', 5_000) });
    await find({ phones: numbered('p', 20) });
    expect(calls).toEqual(['list all', ...numbered('p', 20).map((id) => `show ${id}`)]);
  });

  it('reads the list once for many runs of one phone each', async () => {
    const { find, calls } = cloud({ fleet });
    for (const id of fleet) expect((await find({ name: '*' }, [id]))?.ids).toEqual([id]);
    expect(calls).toEqual([...numbered('p', 4).map((id) => `show ${id}`), ...pages]);
  });

  it('shows the phones of many runs when the fleet is large, and each only once', async () => {
    const { find, calls } = cloud({ fleet: numbered('x', 50_000) });
    for (let run = 0; run < 100; run += 1) await find({ name: '*' }, [`p${run % 50}`]);
    expect(calls.filter((call) => call.startsWith('show'))).toHaveLength(50);
    expect(calls.filter((call) => call.startsWith('list'))).toHaveLength(1);
  });

  it('never takes more than twice the calls of the list', async () => {
    const { find, calls } = cloud({ fleet: numbered('p', 3_000) });
    for (let run = 0; run < 3_000; run += 7) await find({ name: '*' }, [`p${run}`]);
    expect(calls.length).toBeLessThan(2 * 32);
  });

  it('shows a phone again that the list or an earlier run did not know before the request', async () => {
    const { find, calls, clock } = cloud({ fleet, gone: ['q'] });
    expect((await find({ phones: ['q', ...numbered('p', 8)] }))?.ids).toHaveLength(8);
    expect(calls).toEqual(['list all', 'show q']);
    clock.move(30_000);
    const requestedAt = clock.now();
    await find({ phones: ['q', 'p1'] }, undefined, Infinity, requestedAt);
    await find({ phones: ['q', 'p1'] }, undefined, Infinity, requestedAt);
    expect(calls).toEqual(['list all', 'show q', 'show q']);
  });

  it('believes a whole list that began after the request', async () => {
    const { find, calls } = cloud({ fleet });
    expect((await find({ phones: numbered('q', 20) }))?.ids).toEqual([]);
    expect(calls).toEqual(pages);
  });

  it('shows a phone again that could not be exported before the request', async () => {
    const { find, calls, clock, deps } = cloud();
    deps.cph.showPhone = async (id) => {
      calls.push(`show ${id}`);
      return phone(id, { status: id === 'p' ? 'stopped' : 'running' });
    };
    await find({ phones: ['p', 'q'] });
    clock.move(30_000);
    await find({ phones: ['p', 'q'] }, undefined, Infinity, clock.now());
    clock.move(MINUTE);
    await find({ phones: ['q'] }, undefined, Infinity, clock.now());
    expect(calls).toEqual(['show p', 'show q', 'show p', 'show q']);
  });

  it('stops at the first read that must wait, and goes on there, in later drives too', async () => {
    const large = { fleet: numbered('x', 50_000) };
    const wanted = { phones: numbered('p', 20) };
    const { find, calls, spend, store, clock } = cloud(large);
    spend(9);
    await expect(find(wanted)).rejects.toBeInstanceOf(ReadsSpent);
    expect(calls).toEqual(['list all', ...numbered('p', 8).map((id) => `show ${id}`)]);
    const later = cloud({ ...large, store });
    later.clock.move(clock.now() - T0);
    later.spend(7);
    await expect(later.find(wanted)).rejects.toBeInstanceOf(ReadsSpent);
    const last = cloud({ ...large, store });
    expect((await last.find(wanted))?.ids).toEqual(wanted.phones);
    expect([...later.calls, ...last.calls]).toEqual(
      numbered('p', 20)
        .slice(8)
        .map((id) => `show ${id}`),
    );
  });

  it('keeps what was read when one phone fails', async () => {
    const { find, calls, deps } = cloud({ fleet: numbered('x', 5_000) });
    const { showPhone } = deps.cph;
    let fails = true;
    deps.cph.showPhone = async (id) => {
      const shown = await showPhone(id);
      if (id === 'p7' && fails) throw new TypeError('odd');
      return shown;
    };
    await expect(find({ phones: numbered('p', 20) })).rejects.toThrow('odd');
    const before = calls.length;
    expect(before).toBeLessThan(1 + 8 + 4);
    fails = false;
    expect((await find({ phones: numbered('p', 20) }))?.ids).toHaveLength(20);
    expect(new Set(calls).size).toBe(calls.length - 1);
  });

  it('returns undefined when more than twenty take longer than there is time', async () => {
    const { find, calls } = cloud({ fleet: numbered('x', 50_000) });
    expect(await find({ phones: numbered('p', 21) }, undefined, T0)).toBeUndefined();
    expect(calls).toEqual([]);
    expect((await find({ phones: numbered('p', 20) }, undefined, T0))?.ids).toHaveLength(20);
  });
});

describe('reading by servers', () => {
  const servers = numbered('s', 8);

  it('reads the fleet when its size is known and its list takes fewer calls', async () => {
    const { find, calls } = cloud({ fleet: numbered('p', 150) });
    await find({ name: '*' });
    await find({ servers });
    await find({ servers: servers.slice(0, 4) });
    expect(calls).toEqual([
      'list all',
      'list all 99',
      ...servers.slice(0, 4).map((id) => `list ${id}`),
    ]);
  });

  it('looks tags up once for all runs of a minute, in later drives too', async () => {
    const tagged = { server_tags: { env: ['prod'], zone: [] } };
    const { find, calls, clock, store, spend } = cloud({ tagged: ['s1', 's2'] });
    spend(2);
    await expect(find(tagged)).rejects.toBeInstanceOf(ReadsSpent);
    expect(calls).toEqual(['tags env,zone', 'list s1']);
    const later = cloud({ store });
    await later.find({ server_tags: { zone: [], env: ['prod'] } });
    expect(later.calls).toEqual(['list s2']);
    clock.move(MINUTE + 1);
    await later.find(tagged, undefined, Infinity, T0 + MINUTE + 1);
    expect(later.calls).toEqual(['list s2', 'tags env,zone']);
  });
});
