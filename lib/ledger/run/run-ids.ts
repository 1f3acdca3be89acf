import { layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

const PAGE = 1_000;

/** Returns the next runs of `runs/` in key order, after the folder of `last`; none at the end. */
export async function runIdsAfter(store: Pick<Store, 'list'>, last: string): Promise<string[]> {
  // The character after `/` is `0`: the first key behind the folder.
  const startAfter = last === '' ? layout.runs : `${layout.runs}${last}0`;
  const page = await store.list(layout.runs, { startAfter, max: PAGE });
  const ids = page.map(({ key }) => key.slice(layout.runs.length).split('/')[0] ?? '');
  return [...new Set(ids)];
}
