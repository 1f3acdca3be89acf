import { describe, expect, it } from 'vitest';
import { indexRun, readEntry } from '../../../../lib/ledger/state/run-index/entry.ts';
import { nameOf, readName } from '../../../../lib/ledger/state/run-index/name.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../../testing/play-clock.ts';
import { report } from './indexed-runs.ts';

function scene() {
  const store = memoryStore(playClock());
  const one = report(1, { outcome: 'failed', reason: 'policy_gone', message: 'not there' });
  const key = layout.indexedRun(nameOf(one));
  const named = readName(key);
  if (named === undefined) throw new Error('not the name of a run');
  const { run_id, policy, outcome, settled_at } = one;
  return { store, one, key, named, described: { run_id, policy, outcome, settled_at } };
}

describe('indexRun', () => {
  it('stores a run once, without its phones, however often it is indexed', async () => {
    const { store, one, key, named } = scene();
    await indexRun(store, one);
    await indexRun(store, one);
    expect((await store.list('')).map((object) => object.key)).toEqual([key]);
    expect(JSON.parse((await store.get(key))?.body ?? '')).not.toHaveProperty('phones');
    expect(await readEntry(store, named)).toEqual({
      ...{ run_id: 'nightly-1', policy: 'nightly', trigger: 'timer', slot: one.slot },
      ...{ outcome: 'failed', reason: 'policy_gone', counts: one.counts },
      ...{ started_at: one.started_at, settled_at: one.settled_at },
    });
  });
});

describe('readEntry', () => {
  it.each([
    ['invalid', 'broken', 'object_invalid'],
    ['newer', '{"version":2}', 'object_newer'],
  ])('returns what the name says of an entry that is %s', async (_, body, code) => {
    const { store, key, named, described } = scene();
    await store.put(key, body);
    expect(await readEntry(store, named)).toEqual({
      ...described,
      error: expect.objectContaining({ code, key }) as object,
    });
  });

  it('returns what the name says of an entry that LIST shows and GET does not find', async () => {
    const { store, key, named, described } = scene();
    expect(await readEntry(store, named)).toMatchObject({ ...described, error: { key } });
  });

  it('throws what concerns more than one entry', async () => {
    const get = () => Promise.reject(new TypeError('odd'));
    await expect(readEntry({ get }, scene().named)).rejects.toThrow('odd');
  });
});
