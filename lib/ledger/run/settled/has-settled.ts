import { layout } from '../../store/layout.ts';
import { getObject } from '../../store/object-error.ts';
import type { Store } from '../../store/store.ts';

/**
 * Returns whether a run has settled: it has a report, or is folded. By LIST, which finds a report that may not be read; a report
 * that LIST does not show yet, by GET.
 */
export async function hasSettled(
  store: Pick<Store, 'get' | 'list'>,
  runId: string,
): Promise<boolean> {
  const [first] = await store.list(layout.settled(runId), { max: 1 });
  return first !== undefined || (await getObject(store, layout.report(runId))) !== undefined;
}

/** Returns whether a run is folded. By GET: LIST may not show it yet. Throws ObjectError. */
export async function isFolded(store: Pick<Store, 'get'>, runId: string): Promise<boolean> {
  return (await getObject(store, layout.folded(runId))) !== undefined;
}
