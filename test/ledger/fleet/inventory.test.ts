import { describe, expect, it } from 'vitest';
import {
  type Inventory,
  loadInventory,
  saveInventory,
  startInventory,
} from '../../../lib/ledger/fleet/inventory.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { MAX_OBJECT_BYTES } from '../../../lib/ledger/store/parts/split.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { MINUTE, T0 } from '../../support/runs.ts';
import { untilKilled } from '../../support/fake-stores.ts';
import { cacheSuite } from '../state/cache-suite.ts';

const inventory: Inventory = {
  ...startInventory(T0, undefined),
  finished_at: T0 + MINUTE,
};
const phone = (n: number, name = `game-${n}`): Inventory['phones'][number] => ({
  ...{ phone_id: `p${n}`, phone_name: name, server_id: 's1', status: 'running' },
});
const fleet = (count: number, name?: string) =>
  Array.from({ length: count }, (_, n) => phone(n, name));

cacheSuite('the inventory of the whole fleet', {
  key: 'state/inventory/all.json',
  write: (store) => saveInventory(store, inventory),
  read: (store) => loadInventory(store, undefined),
  value: inventory,
});

cacheSuite('the inventory of one server', {
  key: 'state/inventory/server-s1.json',
  write: (store) => saveInventory(store, { ...inventory, server_id: 's1' }),
  read: (store) => loadInventory(store, 's1'),
  value: { ...inventory, server_id: 's1' },
});

describe('startInventory', () => {
  it.each([
    [undefined, {}],
    ['s1', { server_id: 's1' }],
  ])('starts reading server %s at its first phone', (server, scope) => {
    expect(startInventory(T0, server)).toStrictEqual({
      ...scope,
      started_at: T0,
      complete: true,
      offset: 0,
      passes: 1,
      pages: 0,
      parts: [],
      phones: [],
    });
  });
});

describe('an inventory of many phones', () => {
  const open = () => {
    const clock = playClock(T0);
    const store = memoryStore(clock);
    const written: string[] = [];
    const put: typeof store.put = async (key, body) => {
      written.push(key);
      await store.put(key, body);
    };
    return { clock, written, store: { ...store, put } };
  };
  const partsOf = (keys: string[]) => keys.filter((key) => key.startsWith('state/inventory/all/'));

  it.each([
    [100_000, 'game-0123456789-0123456789'],
    [2_000, '云'.repeat(1_024)],
  ])('of %i phones is read back, and no object is larger than 1 MiB', async (count, name) => {
    const { store } = open();
    await saveInventory(store, { ...inventory, phones: fleet(count, name) });
    expect((await loadInventory(store, undefined))?.phones).toEqual(fleet(count, name));
    const sizes = (await store.list('')).map(({ size }) => size);
    expect(Math.max(...sizes)).toBeLessThan(MAX_OBJECT_BYTES);
  });

  it('adds parts when the reading goes on, and writes full ones once', async () => {
    const { store, written } = open();
    await saveInventory(store, { ...startInventory(T0, undefined), phones: fleet(12_000) });
    expect(partsOf(written)).toHaveLength(3);
    written.length = 0;
    const known = await loadInventory(store, undefined);
    if (known === undefined) throw new Error('no inventory');
    await saveInventory(store, { ...known, phones: fleet(16_000) });
    expect(partsOf(written)).toHaveLength(2);
    expect((await loadInventory(store, undefined))?.phones).toEqual(fleet(16_000));
  });

  it('stays as it was when another reading is killed before its last write', async () => {
    const { store } = open();
    await saveInventory(store, { ...inventory, phones: fleet(6_000) });
    const other = { ...inventory, started_at: T0 + 1, phones: fleet(6_000, 'other') };
    for (let writes = 0; ; writes += 1) {
      const isKilled = await untilKilled(store, writes, (dying) => saveInventory(dying, other), [
        ...(['put', 'create'] as const),
      ]);
      const name = isKilled ? [] : ['other'];
      expect((await loadInventory(store, undefined))?.phones).toEqual(fleet(6_000, ...name));
      if (!isKilled) return expect(writes).toBeGreaterThan(1);
    }
  });

  it('counts as absent when a part is missing', async () => {
    const { store } = open();
    await saveInventory(store, { ...inventory, phones: fleet(6_000) });
    await store.remove(partsOf((await store.list('')).map(({ key }) => key)).slice(0, 1));
    expect(await loadInventory(store, undefined)).toBeUndefined();
  });

  it('deletes parts of earlier readings once no drive can need them', async () => {
    const { store, clock } = open();
    const parts = async () => partsOf((await store.list('')).map(({ key }) => key));
    const at = (name: string) => ({
      ...inventory,
      finished_at: clock.now(),
      phones: fleet(3, name),
    });
    await saveInventory(store, at('old'));
    const [first] = await parts();
    clock.move(15 * MINUTE);
    await saveInventory(store, at('newer'));
    expect(await parts()).toContain(first);
    clock.move(1);
    await saveInventory(store, at('newest'));
    expect(await parts()).toHaveLength(2);
    expect(await parts()).not.toContain(first);
  });
});
