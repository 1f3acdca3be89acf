import { expect, it } from 'vitest';
import { noteNames } from '../../../lib/ledger/lease/note-names.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../testing/play-clock.ts';

const nameOf = (key: string): string | undefined => /^late\/(.+)$/.exec(key)?.[1];

it('notes what is written before it is, and what is deleted afterwards', async () => {
  const store = memoryStore(playClock());
  const noted = new Map<string, boolean>();
  const lost = () => Promise.reject(new Error('lost'));
  const failing = noteNames({ ...store, put: lost, remove: lost }, { nameOf, noted });
  await expect(failing.put('late/a', '1')).rejects.toThrow('lost');
  await expect(failing.put('other/b', '1')).rejects.toThrow('lost');
  await expect(failing.remove(['late/a'])).rejects.toThrow('lost');
  expect([...noted]).toEqual([['a', true]]);

  await noteNames(store, { nameOf, noted }).remove(['late/a', 'other/b']);
  expect([...noted]).toEqual([['a', false]]);
});

it('does not note that a listed object is written again, unless it was noted before', async () => {
  const noted = new Map([['b', false]]);
  const isListed = () => true;
  const store = noteNames(memoryStore(playClock()), { nameOf, noted, isListed });
  await store.put('late/a', '1');
  await store.put('late/b', '1');
  expect([...noted]).toEqual([['b', true]]);
});
