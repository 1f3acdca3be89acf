import type { LogEnds } from '../run/log/log-ends.ts';
import { readOpenKey } from '../store/layout.ts';
import type { Store } from '../store/store.ts';
import { namesNoted, noteNames } from './note-names.ts';

/** Returns the id of an object of `open/late/` from its key; undefined for any other key. */
function orphanOf(key: string): string | undefined {
  const entry = readOpenKey(key);
  return entry?.kind === 'orphaned' ? entry.id : undefined;
}

/** Returns a store that notes in `orphaned` which objects of `open/late/` it has written (true) or deleted (false). */
export const noteOrphans = (store: Store, orphaned: Map<string, boolean>): Store =>
  noteNames(store, { nameOf: orphanOf, noted: orphaned });

/** Returns the ids of the objects of `open/late/`: those that a LIST shows, and what drives have written or deleted since. */
export function orphanNames(listed: readonly string[], log: LogEnds): string[] {
  const names = new Set(listed);
  for (const [id, isThere] of namesNoted(log, 'orphaned')) {
    if (isThere) names.add(id);
    else names.delete(id);
  }
  return [...names];
}
