import { layout } from '../../ledger/store/layout.ts';
import { putCancel, requestSchema } from '../../ledger/run/request.ts';
import { hasSettled } from '../../ledger/run/settled/has-settled.ts';
import { exists, type Store } from '../../ledger/store/store.ts';

/**
 * Requests that a run be cancelled. Leaves no cancel object for a run that is settled or does not exist, or that settles
 * meanwhile.
 */
export async function requestCancel(
  store: Pick<Store, 'get' | 'list' | 'put' | 'remove'>,
  runId: string,
): Promise<'requested' | 'settled' | 'not_found'> {
  if (!requestSchema.shape.run_id.safeParse(runId).success) return 'not_found';
  // In this order: the report is written before the request is removed.
  const open = await isThere(store, layout.request(runId));
  if (await hasSettled(store, runId)) return 'settled';
  if (!open) return 'not_found';
  await putCancel(store, runId);
  if (!(await hasSettled(store, runId))) return 'requested';
  await store.remove([layout.cancel(runId)]);
  return 'settled';
}

/** LIST finds an object that may not be read, GET one that LIST does not show yet. */
async function isThere(store: Pick<Store, 'get' | 'list'>, key: string): Promise<boolean> {
  return (await exists(store, key)) || (await store.get(key)) !== undefined;
}
