import { describe, expect, it } from 'vitest';
import { rebuildRunIndex } from '../../../../lib/ledger/state/run-index/rebuild.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../../testing/play-clock.ts';
import { indexedRuns, report, write } from './indexed-runs.ts';

const indexed = (...reports: Parameters<typeof indexedRuns>[1][]) =>
  indexedRuns(memoryStore(playClock()), ...reports);

// What holds in every store: run-index-suite.ts.
describe('rebuildRunIndex', () => {
  it('skips the objects inside the folder of each run', async () => {
    const { store } = await indexed();
    const log = Array.from({ length: 2_100 }, (_, n) => layout.logEntry('a', 'w', n));
    for (const key of [...log, layout.plan('b')]) await store.put(key, '{}');
    const lookups: unknown[] = [];
    const list: typeof store.list = (prefix, options) => {
      if (prefix === layout.runs) lookups.push(options);
      return store.list(prefix, options);
    };
    expect(await rebuildRunIndex({ ...store, list })).toBe(0);
    expect(lookups).toEqual(
      ['runs/', 'runs/a0', 'runs/b0'].map((startAfter) => ({ startAfter, max: 1_000 })),
    );
  });

  it('removes runs that have no report, and keeps those whose report is unreadable', async () => {
    const { store, ids } = await indexed(report(1), report(2), report(3));
    await write(store, report(1));
    await store.put(layout.report('nightly-2'), 'broken');
    await store.put(layout.report('nightly-4'), '{"version":9}');
    expect(await rebuildRunIndex(store)).toBe(1);
    expect(await ids()).toEqual(['nightly-2', 'nightly-1']);
  });

  it('removes other files from the index, also while a report is unreadable', async () => {
    const { store } = await indexed(report(1));
    await write(store, report(1));
    await store.put(layout.report('nightly-2'), 'broken');
    await store.put(layout.indexedRun('strange'), '{}');
    await rebuildRunIndex(store);
    expect(await store.list(layout.runIndex)).toHaveLength(1);
  });

  it('removes an entry that says another outcome than the report', async () => {
    const { store } = await indexed(report(1, { outcome: 'failed' }));
    await write(store, report(1));
    await rebuildRunIndex(store);
    const [only, ...others] = await store.list(layout.runIndex);
    expect(only?.key).toContain('.completed.');
    expect(others).toEqual([]);
  });

  it('removes nothing when the bucket does not return a report', async () => {
    const { store, ids } = await indexed(report(1), report(2));
    await write(store, report(1));
    const get = () => Promise.reject(new Error('no response'));
    await expect(rebuildRunIndex({ ...store, get })).rejects.toThrow('no response');
    expect(await ids()).toEqual(['nightly-2', 'nightly-1']);
  });

  it('keeps a run that settles while it lists the reports', async () => {
    const { store, ids } = await indexed();
    const list: typeof store.list = async (prefix, options) => {
      const listed = await store.list(prefix, options);
      if (prefix === layout.runs && listed.length === 0) await indexedRuns(store, report(1));
      return listed;
    };
    await rebuildRunIndex({ ...store, list });
    expect(await ids()).toEqual(['nightly-1']);
  });

  it.each([1, 2])('keeps a run whose listed report is not found %i times', async (times) => {
    const { store, ids } = await indexed(report(1), report(2));
    for (const number of [1, 2]) await write(store, report(number));
    let left = times;
    const get: typeof store.get = async (key) =>
      key === layout.report('nightly-2') && (left -= 1) >= 0 ? undefined : store.get(key);
    await rebuildRunIndex({ ...store, get });
    expect(await ids()).toEqual(['nightly-2', 'nightly-1']);
  });
});
