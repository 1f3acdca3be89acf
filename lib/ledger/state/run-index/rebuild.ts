import pLimit from 'p-limit';
import type { Report } from '../../run/report.ts';
import { runIdsAfter } from '../../run/run-ids.ts';
import { readSettledReport } from '../../run/settled/read-settled.ts';
import { layout } from '../../store/layout.ts';
import { isUnreadable, throwIfListed } from '../../store/object-error.ts';
import type { Store } from '../../store/store.ts';
import { indexRun } from './entry.ts';
import { nameOf, readName } from './name.ts';

const READS_AT_ONCE = 16;

/**
 * Rebuilds the index from all reports, deletes entries without a report, and returns the number of runs written. Keeps the
 * entry of an unreadable report.
 */
export async function rebuildRunIndex(
  store: Pick<Store, 'get' | 'list' | 'put' | 'remove'>,
): Promise<number> {
  // Listed first: a run that settles meanwhile has its report before it is in the index.
  const before = (await store.list(layout.runIndex)).map(({ key }) => key);
  const written = new Set<string>();
  const unreadable = new Set<string>();
  const limit = pLimit(READS_AT_ONCE);
  for (let ids = await runIdsAfter(store, ''); ids.length > 0;) {
    const each = ids.map((id) =>
      limit(async () => {
        const report = await readListed(store, id).catch((error: unknown) => {
          if (!isUnreadable(error)) throw error;
          unreadable.add(id);
        });
        if (report === undefined) return;
        await indexRun(store, report);
        written.add(layout.indexedRun(nameOf(report)));
      }),
    );
    await Promise.all(each);
    ids = await runIdsAfter(store, ids.at(-1) ?? '');
  }
  const isKept = (key: string): boolean =>
    written.has(key) || unreadable.has(readName(key)?.runId ?? '');
  await store.remove(before.filter((key) => !isKept(key)));
  return written.size;
}

async function readListed(
  store: Pick<Store, 'get' | 'list'>,
  id: string,
): Promise<Report | undefined> {
  return (await readSettledReport(store, id)) ?? throwIfListed(store, layout.report(id));
}
