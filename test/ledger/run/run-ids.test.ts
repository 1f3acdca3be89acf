import { describe, expect, it } from 'vitest';
import { runIdsAfter } from '../../../lib/ledger/run/run-ids.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { playClock } from '../../../testing/play-clock.ts';

async function storeOf(...runIds: string[]) {
  const store = memoryStore(playClock());
  for (const id of runIds) {
    await store.put(layout.plan(id), '{}');
    await store.put(layout.report(id), '{}');
  }
  return store;
}

describe('runIdsAfter', () => {
  it('returns each run once, in key order', async () => {
    const store = await storeOf('b', 'a', 'a-1');
    expect(await runIdsAfter(store, '')).toEqual(['a-1', 'a', 'b']);
  });

  it('goes on after the whole folder of a run, not after its first object', async () => {
    const store = await storeOf('a', 'a-1', 'a0', 'b');
    const seen: string[] = [];
    for (let last = ''; ;) {
      const [next] = await runIdsAfter(store, last);
      if (next === undefined) break;
      seen.push(next);
      last = next;
    }
    expect(seen).toEqual(['a-1', 'a', 'a0', 'b']);
  });
});
