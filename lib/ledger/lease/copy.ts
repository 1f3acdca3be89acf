import { PhonevaultError } from '../../errors.ts';
import { layout } from '../store/layout.ts';
import { ledgerObject } from '../store/ledger-object.ts';
import type { Store } from '../store/store.ts';
import { leaseSchema, type StoredLease } from './stored-lease.ts';

const leaseCopy = ledgerObject({ key: () => layout.leaseCopy, version: 1, schema: leaseSchema });

/** Copies a lease, for the case that it cannot be read. Without the copy an unreadable lease holds longer. */
export async function copyLease(store: Pick<Store, 'put'>, lease: StoredLease): Promise<void> {
  try {
    await leaseCopy.put(store, lease);
  } catch (error) {
    if (!(error instanceof PhonevaultError)) throw error;
  }
}

/** Returns the copy of the last lease; undefined when it is absent or unreadable. */
export function readCopy(store: Pick<Store, 'get'>): Promise<StoredLease | undefined> {
  return leaseCopy.readCache(store);
}
