import { describe, expect, it } from 'vitest';
import { writeCursors } from '../../../lib/ledger/state/cursors.ts';
import { writeUnreadable } from '../../../lib/ledger/state/notified/unreadable.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { missingObject } from '../../../lib/ledger/store/object-error.ts';
import {
  objectProblemSchema,
  unreadableObjectSchema,
} from '../../../lib/run/query/schemas/object.ts';
import { problemOf, unreadableObjects } from '../../../lib/run/query/unreadable.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { faultNames, problemWith, withObjectFault } from '../../support/fake-stores.ts';
import { T0 } from '../../support/runs.ts';

describe('problemOf', () => {
  it('has the key, what happened and what to do', () => {
    const problem = problemOf(missingObject('policies/a.yaml'));
    expect(objectProblemSchema.parse(problem)).toStrictEqual({
      key: 'policies/a.yaml',
      code: 'object_unreadable',
      message: 'policies/a.yaml is listed, but OBS does not find it',
      hint: 'If it stays so, delete it, or restore an earlier version of it.',
    });
  });

  it('leaves out a hint that there is not', () => {
    const problem = { key: 'k', code: 'object_undeletable', message: 'k cannot be deleted: 403' };
    expect(problemOf(problem)).toStrictEqual(problem);
  });
});

describe('unreadableObjects', () => {
  const facts = { code: 'object_unreadable', message: 'b is cut', hint: 'Delete b.' };
  const entry = { ...facts, attempts: 2, since: T0, tried_at: T0 + 1, retry_at: T0 + 2 };
  const iso = (ms: number) => new Date(ms).toISOString();

  it('returns what drive has met and what the caller has met, each once, by key', async () => {
    const store = memoryStore(playClock(T0));
    await writeUnreadable(store, new Map([['b', { ...entry, run_id: 'n-1', policy: 'n' }]]));
    const found = [
      { key: 'b', code: 'object_unreadable', message: 'b: 403', hint: 'Grant it.' },
      { key: 'a', code: 'object_invalid', message: 'a is not JSON' },
    ];
    const objects = await unreadableObjects(store, found);
    expect(unreadableObjectSchema.array().parse(objects)).toStrictEqual([
      { ...found[1], since: null, retry_at: null },
      { ...found[0], run_id: 'n-1', policy: 'n', since: iso(T0), retry_at: iso(T0 + 2) },
    ]);
  });

  it.each(faultNames)('names the last lease, which has %s', async (fault) => {
    const store = memoryStore(playClock(T0));
    const lease = { version: 1, holder: 'a', expires_at: 0 };
    for (const epoch of [1, 2])
      await store.put(layout.lease(epoch), JSON.stringify({ ...lease, epoch }));
    expect(await unreadableObjects(store)).toEqual([]);
    const key = layout.lease(2);
    expect(await unreadableObjects(withObjectFault(store, key, fault))).toEqual([
      { ...problemWith(key, fault), since: null, retry_at: null },
    ]);
    expect(await unreadableObjects(withObjectFault(store, layout.lease(1), fault))).toEqual([]);
  });

  it.each(
    [layout.unreadable, layout.cursors].flatMap((key) =>
      faultNames
        .filter((fault) => fault !== 'listed but not found')
        .map((fault) => [key, fault] as const),
    ),
  )('names the cache %s, which has %s', async (key, fault) => {
    const store = memoryStore(playClock(T0));
    await writeUnreadable(store, new Map());
    await writeCursors(store, {});
    expect(await unreadableObjects(withObjectFault(store, key, fault))).toEqual([
      { ...problemWith(key, fault), since: null, retry_at: null },
    ]);
  });
});
