import { describe, expect, it } from 'vitest';
import {
  loadInventory,
  saveInventory,
  startInventory,
} from '../../../lib/ledger/state/inventory.ts';
import { findCandidates } from '../../../lib/run/plan/candidates.ts';
import { phone } from '../../support/fleet.ts';
import { runScene } from '../../support/run-scene.ts';
import { MINUTE, T0 } from '../../support/runs.ts';

type Select = Partial<Parameters<typeof findCandidates>[1]>;

const numbered = (letter: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${letter}${n}`);

/** A cloud with every phone that is asked for; each server has the phone of its name. */
function cloud({ tagged = [], gone = [] }: { tagged?: string[]; gone?: string[] } = {}) {
  const asked: string[] = [];
  let now = 0;
  let most = 0;
  const scene = runScene({
    serversByTags: async (tags) => {
      asked.push(`tags ${Object.keys(tags).join()}`);
      return tagged;
    },
    showPhone: async (id) => {
      asked.push(`show ${id}`);
      most = Math.max(most, (now += 1));
      await Promise.resolve();
      now -= 1;
      return gone.includes(id) ? undefined : phone(id);
    },
    listPhones: async ({ serverId = 'all' }) => {
      asked.push(`list ${serverId}`);
      scene.clock.move(1);
      return { count: 1, phones: [phone(`of-${serverId}`)] };
    },
  });
  const gather = async (select: Select, only?: string[], until = T0 + MINUTE) => {
    const gathered = await findCandidates(
      scene.deps,
      { max_phones: 9_999, ...select },
      { requestedAt: T0, until, only },
    );
    return gathered && { ...gathered, ids: gathered.candidates.map(({ phone_id }) => phone_id) };
  };
  return { ...scene, asked, most: () => most, gather };
}

describe('findCandidates', () => {
  it('reads a few phones one by one, and leaves out those that do not exist', async () => {
    const { gather, asked } = cloud({ gone: ['q'] });
    expect(await gather({ phones: ['p', 'q', 'r'] })).toEqual({
      candidates: [phone('p'), phone('r')],
      ids: ['p', 'r'],
      taggedServers: undefined,
      complete: true,
      asOf: T0,
    });
    expect(asked).toEqual(['show p', 'show q', 'show r']);
  });

  it('reads at most four phones at once', async () => {
    const { gather, most } = cloud();
    await gather({ phones: numbered('p', 20) });
    expect(most()).toBe(4);
  });

  it('reads up to 20 phones one by one, and the fleet for more', async () => {
    const few = cloud();
    await few.gather({ phones: numbered('p', 20) });
    expect(few.asked).toHaveLength(20);
    const many = cloud();
    expect((await many.gather({ phones: numbered('p', 21) }))?.ids).toEqual(['of-all']);
    expect(many.asked).toEqual(['list all']);
  });

  it.each<[string, string[] | undefined, string[] | undefined, string]>([
    ['the phones of the request', ['o'], ['p'], 'show o'],
    ['the phones of the policy when the request has too many', numbered('o', 21), ['p'], 'show p'],
    ['the phones of the request when the policy names none', ['o'], undefined, 'show o'],
    ['the fleet when neither names phones', undefined, undefined, 'list all'],
  ])('reads %s', async (_, only, phones, call) => {
    const { gather, asked } = cloud();
    await gather(phones === undefined ? {} : { phones }, only);
    expect(asked).toEqual([call]);
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
    ['the whole fleet for more', { servers: numbered('s', 51) }, [], ['all']],
    ['the whole fleet when servers do not matter', { name: '*' }, ['s1'], ['all']],
  ])('reads %s', async (_, select, tagged, scopes) => {
    const { gather, asked } = cloud({ tagged });
    const gathered = await gather(select);
    expect(asked.filter((call) => call !== 'tags env')).toEqual(scopes.map((id) => `list ${id}`));
    expect(gathered?.ids).toEqual(scopes.map((id) => `of-${id}`));
    expect(gathered?.complete).toBe(true);
  });

  it('returns the servers with the tags of the policy', async () => {
    const { gather, asked } = cloud({ tagged: ['s1', 's2'] });
    const select = { server_tags: { env: ['prod'] } };
    expect((await gather(select))?.taggedServers).toEqual(new Set(['s1', 's2']));
    expect((await gather({ ...select, phones: ['p'] }))?.taggedServers).toEqual(
      new Set(['s1', 's2']),
    );
    expect((await gather({ name: '*' }))?.taggedServers).toBeUndefined();
    expect(asked.filter((call) => call.startsWith('tags'))).toEqual(['tags env', 'tags env']);
  });

  it('is incomplete when one of its readings was', async () => {
    const { gather, store } = cloud();
    const read = { ...startInventory(T0, 's1'), finished_at: T0, complete: false };
    await saveInventory(store, read);
    expect((await gather({ servers: ['s1', 's2'] }))?.complete).toBe(false);
    expect((await gather({ servers: ['s2'] }))?.complete).toBe(true);
  });

  it('is as of the oldest of its readings', async () => {
    const { gather, store } = cloud();
    const old = startInventory(T0 - MINUTE / 2, 's1');
    await saveInventory(store, { ...old, finished_at: T0, phones: [phone('p')] });
    const gathered = await gather({ servers: ['s1', 's2'] });
    expect(gathered).toMatchObject({ asOf: T0 - MINUTE / 2, ids: ['p', 'of-s2'] });
  });

  it('is as of its start when the readings begin later', async () => {
    const { gather } = cloud();
    expect((await gather({ servers: ['s1', 's2'] }))?.asOf).toBe(T0);
  });

  it('returns undefined while there is more to read, and keeps what was read', async () => {
    const { gather, store } = cloud();
    expect(await gather({ servers: ['s1', 's2'] }, undefined, T0 + 1)).toBeUndefined();
    expect((await loadInventory(store, 's1'))?.finished_at).toBe(T0 + 1);
    expect((await gather({ servers: ['s1', 's2'] }))?.ids).toEqual(['of-s1', 'of-s2']);
  });

  it('keeps of a phone what the selection needs', async () => {
    const scene = runScene({
      showPhone: async (id) => phone(id, { image_version: 'v1', created_at: T0 }),
    });
    const select = { phones: ['p'] } as Parameters<typeof findCandidates>[1];
    const gathered = await findCandidates(scene.deps, select, { requestedAt: T0, until: T0 });
    expect(gathered?.candidates).toEqual([phone('p', { image_version: 'v1' })]);
  });
});
