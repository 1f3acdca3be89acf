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

/** Returns the copy of the lease of this epoch; undefined when it is absent, unreadable or of another epoch. */
export async function readCopy(
  store: Pick<Store, 'get'>,
  epoch: number,
): Promise<StoredLease | undefined> {
  const copy = await leaseCopy.readCache(store);
  return copy?.epoch === epoch ? copy : undefined;
}
