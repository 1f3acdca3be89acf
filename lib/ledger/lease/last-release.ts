import * as z from 'zod';
import { PhonevaultError } from '../../errors.ts';
import { type WriterEnds, writerEndsSchema } from '../run/log/log-ends.ts';
import { layout } from '../store/layout.ts';
import { ledgerObject } from '../store/ledger-object.ts';
import type { Store } from '../store/store.ts';

const lastRelease = ledgerObject({
  key: () => layout.lastRelease,
  version: 1,
  schema: z.object({ epoch: z.number().int(), log: z.array(writerEndsSchema) }),
});

/** Copies what a drive leaves in the lease that it releases. Without the copy only a lease that cannot be read holds longer. */
export async function copyRelease(
  store: Pick<Store, 'put'>,
  epoch: number,
  log: WriterEnds[],
): Promise<void> {
  try {
    await lastRelease.put(store, { epoch, log });
  } catch (error) {
    if (!(error instanceof PhonevaultError)) throw error;
  }
}

/** Returns what the drive of this epoch left; undefined when it did not release its lease, or another drive did since. */
export async function readRelease(
  store: Pick<Store, 'get'>,
  epoch: number,
): Promise<WriterEnds[] | undefined> {
  const stored = await lastRelease.readCache(store);
  return stored?.epoch === epoch ? stored.log : undefined;
}
