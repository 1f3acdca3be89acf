import { describe, expect, it } from 'vitest';
import { addArchives } from '../../../lib/ledger/catalogue/add.ts';
import { archiveRead, markRead } from '../../../lib/ledger/catalogue/mark-read.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { archiveOf, catalogued } from '../../support/archives.ts';
import { T0 } from '../../support/runs.ts';
import { playClock } from '../../../testing/play-clock.ts';

const content = { entries: 3, files: 2, bytes: 9, absent: ['/data/app'] };

async function scene() {
  const store = memoryStore(playClock(T0));
  const [one, two] = [archiveOf('p1', T0), archiveOf('p2', T0 + 5)];
  await addArchives(store, [one, two]);
  return { store, one, two };
}

describe('markRead', () => {
  it('adds to an archive what it holds, and to no other', async () => {
    const { store, one } = await scene();
    const read = archiveRead({ at: T0 + 9, result: 'ok', ...content });
    await markRead(store, 'nightly', [{ ...one, read }]);
    const [other, marked] = await catalogued(store);
    expect(marked?.flags).toEqual({ read: { at: T0 + 9, result: 'ok', ...content } });
    expect(other?.flags).toEqual({});
  });

  it.each([
    ['changed', true],
    ['broken', true],
    ['missing', true],
    ['unreadable', undefined],
  ] as const)('marks one that is %s as suspect: %s', async (result, suspect) => {
    const { store, one } = await scene();
    await markRead(store, 'nightly', [{ ...one, read: { at: T0, result } }]);
    const marked = (await catalogued(store)).find(({ phone_id }) => phone_id === 'p1');
    expect(marked?.flags.suspect).toBe(suspect);
  });

  it('writes nothing the second time, nor for an archive that the catalogue lacks', async () => {
    const { store, one } = await scene();
    const read = { at: T0, result: 'broken' as const };
    await markRead(store, 'nightly', [{ ...one, read }]);
    const readOnly = { ...store, put: () => Promise.reject(new Error('written')) };
    await markRead(readOnly, 'nightly', [{ ...one, read }]);
    await markRead(readOnly, 'nightly', [{ ...archiveOf('p9', T0), read }]);
    await markRead(readOnly, 'nightly', []);
  });
});
