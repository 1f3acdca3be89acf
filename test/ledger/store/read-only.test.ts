import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { readOnly } from '../../../lib/ledger/store/read-only.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { storeSuite } from './store-suite.ts';

storeSuite('read-only', async () => readOnly(memoryStore(playClock()), playClock()));

async function setUp() {
  const under = memoryStore(playClock());
  for (const key of ['a/1', 'a/2', 'a/3']) await under.put(key, 'under');
  const store = readOnly(under, playClock());
  const keys = async (...args: Parameters<typeof store.list>) =>
    (await store.list(...args)).map(({ key }) => key);
  return { under, store, keys };
}

describe('readOnly', () => {
  it('shows the store below with its own writes on top', async () => {
    const { store, keys } = await setUp();
    await store.put('a/2', 'above');
    await store.put('a/25', 'above');
    expect((await store.get('a/1'))?.body).toBe('under');
    expect((await store.get('a/2'))?.body).toBe('above');
    expect(await keys('a/')).toEqual(['a/1', 'a/2', 'a/25', 'a/3']);
    expect(await keys('a/', { startAfter: 'a/1', max: 2 })).toEqual(['a/2', 'a/25']);
    expect(await store.create('a/3', 'mine')).toBe('exists');
    expect(await store.tryConditional('a/3', 'mine')).toBe('honoured');
  });

  it('hides removed objects, and fills the page with the next ones', async () => {
    const { store, keys } = await setUp();
    await store.remove(['a/1']);
    expect(await store.get('a/1')).toBeUndefined();
    expect(await keys('a/', { max: 1 })).toEqual(['a/2']);
    expect(await store.create('a/1', 'again')).toBe('created');
    expect((await store.get('a/1'))?.body).toBe('again');
  });

  it('lists as many more objects as its own writes may hide', async () => {
    const { under } = await setUp();
    const listed: unknown[] = [];
    const list: typeof under.list = (prefix, options) => (
      listed.push(options),
      under.list(prefix, options)
    );
    const store = readOnly({ ...under, list }, playClock());
    await store.put('a/2', 'above');
    await store.list('a/', { max: 1, startAfter: 'a/1' });
    await store.list('a/');
    expect(listed).toEqual([{ max: 2, startAfter: 'a/1' }, {}]);
  });

  it('has the prefix of the store below, and handles conditional PUT as a bucket that ignores it', async () => {
    const { under } = await setUp();
    const store = readOnly({ ...under, prefix: 'phonevault/' }, playClock());
    expect(store.prefix).toBe('phonevault/');
    expect(await store.tryConditional('b', 'mine')).toBe('ignored');
    expect((await store.get('b'))?.body).toBe('mine');
    expect(await store.tryConditional('b', 'again')).toBe('honoured');
    expect((await store.get('b'))?.body).toBe('mine');
  });

  it('changes nothing in the store below', async () => {
    const { store, under } = await setUp();
    const before = await under.list('');
    await store.put('a/1', 'x');
    await store.create('b', 'x');
    await store.tryConditional('c', 'x');
    await store.remove(['a/2']);
    expect(await under.list('')).toEqual(before);
  });
});
