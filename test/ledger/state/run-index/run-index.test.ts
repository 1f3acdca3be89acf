import { describe, expect, it } from 'vitest';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../../lib/ledger/store/memory-store.ts';
import { listIndexedRuns, listSettled } from '../../../../lib/ledger/state/run-index/list.ts';
import { rebuildRunIndex } from '../../../../lib/ledger/state/run-index/rebuild.ts';
import { playClock } from '../../../../testing/play-clock.ts';
import { recordReads } from '../../../support/fake-stores.ts';

const ALWAYS = { since: 0, until: Number.MAX_SAFE_INTEGER };

async function holding(...keys: string[]) {
  const store = memoryStore(playClock());
  for (const key of keys) await store.put(key, '{}');
  return store;
}

const indexed = (count: number) =>
  Array.from({ length: count }, (_, n) =>
    layout.indexedRun(`${8_232_000_000_000 + n}.nightly.completed.nightly-${n}`),
  );

// What holds in every store: run-index-suite.ts.
describe('the index of settled runs', () => {
  it.each([
    [0, 1],
    [999, 1],
    [1_000, 2],
    [2_001, 3],
  ])('of %i runs is listed in %i pages', async (count, pages) => {
    const read = recordReads(await holding(...indexed(count)));
    const settled = await listSettled(read, ALWAYS);
    expect(new Set(settled.map(({ runId }) => runId)).size).toBe(count);
    expect(settled).toHaveLength(count);
    expect(read.reads).toEqual(Array.from({ length: pages }, () => 'list state/runs/'));
  });

  it.each([3, 999])('is read only up to the %i requested runs', async (max) => {
    const read = recordReads(await holding(...indexed(1_500)));
    expect(await listIndexedRuns(read, { max })).toHaveProperty('next');
    expect(read.reads.filter((what) => what.startsWith('list'))).toHaveLength(1);
    // These bodies are invalid: each is read a second time.
    expect(new Set(read.reads)).toHaveProperty('size', 1 + max);
  });
});

describe('rebuildRunIndex', () => {
  it('skips the objects inside the folder of each run', async () => {
    const log = Array.from({ length: 2_100 }, (_, n) => layout.logEntry('a', 'w', n));
    const store = await holding(...log, layout.plan('b'));
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
});

it('ignores files that are not named like an indexed run', async () => {
  const name = '8232000000000.nightly.completed.nightly-1';
  const read = await holding(
    `state/runs/${name}`,
    `state/runs/${name}.json.bak`,
    'state/runs/x.json',
  );
  expect(await listSettled(read, ALWAYS)).toEqual([]);
  expect(await listIndexedRuns(read, { max: 5 })).toEqual({ runs: [] });
});
