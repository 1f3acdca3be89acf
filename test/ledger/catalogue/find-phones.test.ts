import { describe, expect, it } from 'vitest';
import { addArchives } from '../../../lib/ledger/catalogue/add.ts';
import { findArchivedPhones } from '../../../lib/ledger/catalogue/find-phones.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { archiveOf } from '../../support/archives.ts';
import { T0 } from '../../support/runs.ts';

async function ledger() {
  const store = memoryStore(playClock());
  await addArchives(store, [
    archiveOf('p1', T0, { phone_name: 'old' }),
    archiveOf('p1', T0 + 2, { phone_name: 'new', policy: 'weekly' }),
    archiveOf('p2', T0 + 1, { phone_name: 'same' }),
    archiveOf('p3', T0 + 1, { phone_name: 'same' }),
    archiveOf('p4', T0, { phone_name: 'p2' }),
    archiveOf('p5', T0 + 9, { phone_name: 'old' }),
  ]);
  return store;
}

describe('findArchivedPhones', () => {
  it.each([
    ['an id', 'p1', ['p1']],
    ['an id that is also the name of another phone', 'p2', ['p2']],
    ['the present name', 'new', ['p1']],
    ['a name of two phones', 'same', ['p2', 'p3']],
    ['the present name of one phone and a former name of another', 'old', ['p5']],
    ['an unknown name', 'none', []],
  ])('finds phones by %s', async (_, wanted, ids) => {
    const found = await findArchivedPhones(await ledger(), wanted);
    expect([...found.ids].sort()).toEqual(ids);
    expect(found.errors).toEqual([]);
  });

  it('finds a phone by a former name when no phone has it now', async () => {
    const store = memoryStore(playClock());
    await addArchives(store, [
      archiveOf('p1', T0, { phone_name: 'old' }),
      archiveOf('p1', T0 + 2, { phone_name: 'new' }),
    ]);
    expect([...(await findArchivedPhones(store, 'old')).ids]).toEqual(['p1']);
  });

  it('names the shards that cannot be used', async () => {
    const store = await ledger();
    const [key = ''] = (await store.list('phones/weekly/')).map((object) => object.key);
    await store.put(key, 'broken');
    const { ids, errors } = await findArchivedPhones(store, 'new');
    expect([ids.size, errors.map((error) => error.key)]).toEqual([0, [key]]);
  });
});
