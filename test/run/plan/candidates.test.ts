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
import { runScene } from '../../support/run-scene.ts';
import { MINUTE, T0 } from '../../support/runs.ts';
import { countedCloud, numbered } from './counted-cloud.ts';

type Select = Partial<Parameters<typeof findCandidates>[1]>;

function cloud(facts: Parameters<typeof countedCloud>[0] & { store?: Store } = {}) {
  const scene = countedCloud(facts);
  if (facts.store !== undefined) scene.deps.store = facts.store;
  const find = async (select: Select, only?: string[], until = T0 + MINUTE, requestedAt = T0) => {
    const found = await findCandidates(
      scene.deps,
      { max_phones: 9_999, ...select },
      { requestedAt, until, only },
    );
    return found && { ...found, ids: found.candidates.map(({ phone_id }) => phone_id) };
  };
  return { ...scene, find };
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

  it('returns only the fields of a phone that a selection needs', async () => {
    const scene = runScene({
      showPhone: async (id) => phone(id, { image_version: 'v1', created_at: T0 }),
    });
    const select = { phones: ['p'] } as Parameters<typeof findCandidates>[1];
    const found = await findCandidates(scene.deps, select, { requestedAt: T0, until: T0 });
    expect(found?.candidates).toEqual([phone('p', { image_version: 'v1' })]);
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
