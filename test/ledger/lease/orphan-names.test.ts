import { describe, expect, it } from 'vitest';
import { noteOrphans, orphanNames } from '../../../lib/ledger/lease/orphan-names.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { createWriter } from '../../../lib/run/deps.ts';
import { playClock } from '../../../testing/play-clock.ts';

const object = (id: string) => `open/late/${id}.json`;

describe('noteOrphans', () => {
  const setUp = () => {
    const store = memoryStore(playClock());
    const noted = new Map<string, boolean>();
    return { store, noted, noting: noteOrphans(store, noted) };
  };

  it('notes what is written to open/late/ and deleted there, and nothing else', async () => {
    const { noted, noting } = setUp();
    await noting.put(object('a'), '{}');
    await noting.put(object('b.1'), '{}');
    await noting.put(layout.request('c'), '{}');
    expect(Object.fromEntries(noted)).toEqual({ a: true, 'b.1': true });
    await noting.remove([object('a'), layout.request('c')]);
    expect(Object.fromEntries(noted)).toEqual({ a: false, 'b.1': true });
  });

  it('counts an object as written when that was not confirmed, and as there when it was not deleted', async () => {
    const { store, noted } = setUp();
    const lost = () => Promise.reject(new Error('lost'));
    const refuse = async (keys: string[]) => keys.map((key) => ({ key, code: 'AccessDenied' }));
    const noting = noteOrphans({ ...store, put: lost, remove: refuse }, noted);
    await expect(noting.put(object('a'), '{}')).rejects.toThrow('lost');
    await noting.remove([object('a')]);
    expect(Object.fromEntries(noted)).toEqual({ a: true });
  });
});

describe('orphanNames', () => {
  it('adds what drives have written since the LIST, and drops what they have deleted, the last one first', () => {
    const ends = (orphaned: Record<string, boolean>) => ({
      ...{ writer: 'w', at: 0, ends: {}, orphaned },
    });
    const { log } = createWriter('own', [
      ends({ b: true, c: true, gone: false }),
      { writer: 'x', at: 0, ends: {} },
      ends({ c: false, again: false }),
    ]);
    log.orphaned.set('again', true);
    expect(orphanNames(['a', 'gone', 'again'], log)).toEqual(['a', 'b', 'again']);
  });
});
