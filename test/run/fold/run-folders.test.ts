import { expect, it } from 'vitest';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { runFoldersAfter } from '../../../lib/run/fold/run-folders.ts';
import { playClock } from '../../../testing/play-clock.ts';

async function storeWith(folders: Record<string, readonly string[]>) {
  const store = memoryStore(playClock(5));
  for (const [runId, names] of Object.entries(folders)) {
    for (const name of names) await store.put(`runs/${runId}/${name}`, '{}');
  }
  return store;
}

it('tells which runs are reported, and which are half folded', async () => {
  const store = await storeWith({
    'a-1': ['plan.json', 'log/1.json'],
    'a-10': ['plan.json', 'report.json', 'report/0a.json'],
    'a-2': ['report.folded.json', 'report.folded/0a.json', 'deleted/0a.json'],
    'a-3': ['log/1.json', 'report.folded.json'],
    'a-4': ['report.folded.json', 'report/0a.json'],
    'a-5': ['plan.json', 'report.json', 'report.folded.json'],
  });
  expect(await runFoldersAfter(store, '')).toEqual([
    { runId: 'a-1', reportedAt: undefined, isHalfFolded: false },
    { runId: 'a-10', reportedAt: 5, isHalfFolded: false },
    { runId: 'a-2', reportedAt: undefined, isHalfFolded: false },
    { runId: 'a-3', reportedAt: undefined, isHalfFolded: true },
    { runId: 'a-4', reportedAt: undefined, isHalfFolded: true },
    { runId: 'a-5', reportedAt: 5, isHalfFolded: true },
  ]);
  expect((await runFoldersAfter(store, 'a-1')).map(({ runId }) => runId)).toEqual([
    ...['a-10', 'a-2', 'a-3', 'a-4', 'a-5'],
  ]);
  expect(await runFoldersAfter(store, 'a-5')).toEqual([]);
});

it('cuts no run at the end of a page, also one of more objects than a page', async () => {
  const log = (count: number) => Array.from({ length: count }, (_, n) => `log/${1_000 + n}.json`);
  const store = await storeWith({
    a: [...log(600), 'report.json'],
    b: [...log(600), 'report.json'],
    c: [...log(1_500), 'report.json'],
    d: ['report.json'],
  });
  const found: string[] = [];
  for (let after = ''; ;) {
    const folders = await runFoldersAfter(store, after);
    if (folders.length === 0) break;
    for (const { runId, reportedAt } of folders) found.push(`${runId} ${reportedAt}`);
    after = folders.at(-1)?.runId ?? '';
  }
  expect(found).toEqual(['a 5', 'b 5', 'c 5', 'd 5']);
});
