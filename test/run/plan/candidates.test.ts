import { describe, expect, it } from 'vitest';
import {
  loadInventory,
  saveInventory,
  startInventory,
} from '../../../lib/ledger/state/inventory.ts';
import { findCandidates } from '../../../lib/run/plan/candidates.ts';
import { phone } from '../../support/fleet.ts';
import { refusal, runScene } from '../../support/run-scene.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

type Select = Partial<Parameters<typeof findCandidates>[1]>;

const numbered = (letter: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${letter}${n}`);

/** A cloud that has every phone except `gone`; each server has the phone of its name. */
function cloud({ tagged = [], gone = [] }: { tagged?: string[]; gone?: string[] } = {}) {
  const calls: string[] = [];
  let now = 0;
  let most = 0;
  const scene = runScene({
    serversByTags: async (tags) => {
      calls.push(`tags ${Object.keys(tags).join()}`);
      return tagged;
    },
    showPhone: async (id) => {
      calls.push(`show ${id}`);
      most = Math.max(most, (now += 1));
      await Promise.resolve();
      now -= 1;
      return gone.includes(id) ? undefined : phone(id);
    },
    listPhones: async ({ serverId = 'all' }) => {
      calls.push(`list ${serverId}`);
      if (gone.includes(serverId)) throw refusal({ code: 'not_found', serviceCode: 'CPS.0016' });
      scene.clock.move(1);
      return { count: 1, phones: [phone(`of-${serverId}`)] };
    },
  });
  const find = async (select: Select, only?: string[], until = T0 + MINUTE) => {
    const found = await findCandidates(
      scene.deps,
      { max_phones: 9_999, ...select },
      { requestedAt: T0, until, only },
    );
    return found && { ...found, ids: found.candidates.map(({ phone_id }) => phone_id) };
  };
  return { ...scene, calls, most: () => most, find };
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
    const { find, most } = cloud();
    await find({ phones: numbered('p', 20) });
    expect(most()).toBe(4);
  });

  it('reads up to 20 phones one by one, and the fleet for more', async () => {
    const few = cloud();
    await few.find({ phones: numbered('p', 20) });
    expect(few.calls).toHaveLength(20);
    const many = cloud();
    expect((await many.find({ phones: numbered('p', 21) }))?.ids).toEqual(['of-all']);
    expect(many.calls).toEqual(['list all']);
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
    ['from the phones of the policy', { phones: ['p'] }, ['p', ...numbered('o', 20)], ['show p']],
    ['from its servers', { servers: ['s1'] }, ['of-s1', ...numbered('o', 20)], ['list s1']],
    ['from the fleet', { name: '*' }, ['of-all', ...numbered('o', 20)], ['list all']],
  ])('looks up phones of a request that are not known %s one by one', async (_, ...scene) => {
    const [select, only, first] = scene;
    const { find, calls } = cloud({ gone: ['o1'] });
    const found = await find(select, only);
    expect(calls).toEqual([...first, ...numbered('o', 20).map((id) => `show ${id}`)]);
    expect(found?.ids).toEqual(only.filter((id) => id !== 'o1'));
  });

  it('reads the fleet when more than 20 phones of a request are not known from its servers', async () => {
    const { find, calls } = cloud();
    const found = await find({ servers: ['s1'] }, numbered('o', 21));
    expect(calls).toEqual(['list s1', 'list all']);
    expect(found?.ids).toEqual(['of-s1', 'of-all']);
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
    expect(calls.filter((call) => call.startsWith('tags'))).toEqual(['tags env', 'tags env']);
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
