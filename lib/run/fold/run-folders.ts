import { layout, runOfKey } from '../../ledger/store/layout.ts';
import { grouped } from '../../ledger/store/parts/grouped.ts';
import type { Store } from '../../ledger/store/store.ts';

const PAGE = 1_000;

/** A run in `runs/`, and what its folder says of folding it. */
export type RunFolder = {
  runId: string;
  /** When its report was written (epoch ms); undefined without one. */
  reportedAt: number | undefined;
  /** It is folded, but not all of its other objects are deleted. */
  isHalfFolded: boolean;
};

/** Returns the next runs in key order, after the run `after`, by one LIST, or two for a run with very many objects; none at the end. */
export async function runFoldersAfter(
  store: Pick<Store, 'list'>,
  after: string,
): Promise<RunFolder[]> {
  // The character after `/` is `0`: the first key behind the folder.
  const startAfter = after === '' ? layout.runs : `${layout.runs}${after}0`;
  const page = await store.list(layout.runs, { startAfter, max: PAGE });
  const folders = [...grouped(page, ({ key }) => runOfKey(key))];
  const [first] = folders;
  if (first === undefined) return [];
  // The last folder of a full page may be cut.
  if (page.length === PAGE) folders.pop();
  if (folders.length === 0) folders.push([first[0], await store.list(layout.run(first[0]))]);
  return folders.map(([runId, objects]) => folderOf(runId, objects));
}

function folderOf(
  runId: string,
  objects: readonly { key: string; lastModified: number }[],
): RunFolder {
  const report = objects.find(({ key }) => key === layout.report(runId));
  const isFolded = objects.some(({ key }) => key === layout.folded(runId));
  const hasOthers = objects.some(({ key }) => !isPartOfFolded(runId, key));
  return { runId, reportedAt: report?.lastModified, isHalfFolded: isFolded && hasOthers };
}

/** Returns whether an object may stay when its run is folded. */
function isPartOfFolded(runId: string, key: string): boolean {
  return (
    key === layout.folded(runId) ||
    key.startsWith(layout.foldedParts(runId)) ||
    key.startsWith(layout.deletedFolder(runId))
  );
}
