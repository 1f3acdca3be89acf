import { describe, expect, it } from 'vitest';
import { listIndexedRuns, listSettled } from '../../../../lib/ledger/state/run-index/list.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../../testing/play-clock.ts';
import { recordReads } from '../../../support/fake-stores.ts';
import { MINUTE, T0 } from '../../../support/runs.ts';
import { indexedRuns, report } from './indexed-runs.ts';

const ALWAYS = { since: 0, until: Number.MAX_SAFE_INTEGER };

async function holding(...keys: string[]) {
  const store = memoryStore(playClock());
  for (const key of keys) await store.put(key, '{}');
  return recordReads(store);
}

const indexed = (count: number) =>
  Array.from({ length: count }, (_, n) =>
    layout.indexedRun(`${8_232_000_000_000 + n}.nightly.completed.nightly-${n}`),
  );

// What holds in every store: run-index-suite.ts.
describe('listIndexedRuns', () => {
  it.each([3, 100])('lists and reads only up to the %i requested runs', async (max) => {
    const store = await holding(...indexed(1_500));
    expect(await listIndexedRuns(store, { max })).toHaveProperty('next');
    expect(store.reads.filter((what) => what.startsWith('list'))).toHaveLength(1);
    // These bodies are invalid: each is read a second time.
    expect(new Set(store.reads)).toHaveProperty('size', 1 + max);
  });

  it('reads no run that does not pass the filter', async () => {
    const { store } = await indexedRuns(
      memoryStore(playClock()),
      ...[1, 2, 3].map((minute) => report(minute)),
      report(4, { policy: 'weekly' }),
    );
    const read = recordReads(store);
    const { runs } = await listIndexedRuns(read, { policy: 'nightly', max: 2 });
    expect(runs.map(({ run_id }) => run_id)).toEqual(['nightly-3', 'nightly-2']);
    expect(read.reads.filter((what) => what.startsWith('get'))).toHaveLength(2);
  });

  it('returns runs that cannot be read among the others, and ignores other files', async () => {
    const reports = [1, 2, 3].map((minute) => report(minute));
    const { store, ids } = await indexedRuns(memoryStore(playClock()), ...reports);
    const [, second] = await store.list(layout.runIndex);
    await store.put(second?.key ?? '', 'broken');
    await store.put(layout.indexedRun('strange'), '{}');
    expect(await ids()).toEqual(['nightly-3', 'nightly-2', 'nightly-1']);
  });

  it('reads at most 16 runs at once', async () => {
    const store = await holding(...indexed(40));
    await listIndexedRuns(store, { max: 40 });
    expect(store.maxInFlight()).toBe(16);
  });
});

describe('listSettled', () => {
  it('returns the runs settled between two times, both included, without reading them', async () => {
    const { store } = await indexedRuns(
      memoryStore(playClock()),
      ...[1, 2, 3, 5].map((minute) => report(minute)),
      report(4, { policy: 'weekly', run_id: 'weekly-4', outcome: 'partial' }),
    );
    const read = recordReads(store);
    const range = { since: T0 + 2 * MINUTE, until: T0 + 4 * MINUTE };
    expect(await listSettled(read, range)).toMatchObject([
      { runId: 'weekly-4', outcome: 'partial', settledAt: T0 + 4 * MINUTE },
      { runId: 'nightly-3', outcome: 'completed', settledAt: T0 + 3 * MINUTE },
      { runId: 'nightly-2', outcome: 'completed', settledAt: T0 + 2 * MINUTE },
    ]);
    expect(read.reads).toEqual(['list state/runs/']);
    expect(await listSettled(store, { since: T0 + 6 * MINUTE, until: T0 * 2 })).toEqual([]);
  });

  it.each([
    [0, 1],
    [999, 1],
    [1_000, 2],
    [2_001, 3],
  ])('lists %i runs in %i pages', async (count, pages) => {
    const store = await holding(...indexed(count));
    const settled = await listSettled(store, ALWAYS);
    expect(new Set(settled.map(({ runId }) => runId)).size).toBe(count);
    expect(settled).toHaveLength(count);
    expect(store.reads).toEqual(Array.from({ length: pages }, () => 'list state/runs/'));
  });
});
