import pLimit from 'p-limit';
import { LeaseLost } from '../../errors.ts';
import type { Archive } from '../../ledger/catalogue/archive.ts';
import { type DeletedArchive, recordDeleted } from '../../ledger/run/deleted-archives.ts';
import { type PruneIntent, writePruneIntent } from '../../ledger/retention/prune.ts';
import { grouped } from '../../ledger/store/parts/grouped.ts';
import type { DriveDeps } from '../deps.ts';
import { readProtected } from './judge/protected.ts';

const HEADS_AT_ONCE = 8;
/** Codes behind which an object lock may stand. */
const LOCK_CODES = new Set(['AccessDenied', 'ObjectLocked', 'InvalidRequest']);

type Deps = Pick<DriveDeps, 'clock' | 'log' | 'store' | 'archives' | 'stillHeld'>;

/** An archive that was not deleted: the code of the bucket, and until when it is locked (epoch ms), if it is. */
type Kept = { key: string; code: string; lockedUntil?: number };

export type Deleted = { deleted: Set<string>; kept: Kept[] };

/** The archives to delete with their reasons: at most 1,000, of one policy and bucket. */
export type Batch = { archive: Archive; reasons: DeletedArchive['reasons'] }[];

/**
 * Deletes archives: writes down which, deletes them for good, and records what became of each. What was pinned meanwhile stays. Throws
 * LeaseLost when another drive has the lease, and what the call failed with: `finishIntent` goes on from there.
 */
export async function deleteArchives(deps: Deps, policy: string, batch: Batch): Promise<Deleted> {
  const [first] = batch;
  if (first === undefined) return { deleted: new Set(), kept: [] };
  const intent: PruneIntent = {
    policy,
    bucket: first.archive.bucket,
    archives: batch.map(({ archive, reasons }) => {
      const { phone_id, run_id, key, size, verified_at } = archive;
      return { phone_id, run_id, key, size, verified_at, reasons };
    }),
  };
  await writePruneIntent(deps.store, intent);
  return carryOut(deps, intent);
}

/** Deletes the archives of an intent, unless they are protected: then it finds out whether they are gone. Safe to repeat. */
export async function carryOut(deps: Deps, intent: PruneIntent): Promise<Deleted> {
  const { policy, bucket, archives } = intent;
  const protect = await readProtected(deps.store);
  if (!(await deps.stillHeld())) throw new LeaseLost('another drive has taken the lease');
  const isSafe = ({ key }: { key: string }): boolean =>
    protect.isPinned({ bucket, key }) || protect.isInUse({ bucket, key });
  const kept = await stillThere(deps, bucket, archives.filter(isSafe));
  const keys = archives.filter((archive) => !isSafe(archive)).map(({ key }) => key);
  const { refused, versioning } = await deps.archives.purge(bucket, keys);
  if (versioning === 'unknown') deps.log.warn('versioning_unknown', { policy, bucket });
  kept.push(...(await withLocks(deps, bucket, refused)));
  const stays = new Set(kept.map(({ key }) => key));
  const gone = archives.filter(({ key }) => !stays.has(key));
  const at = deps.clock.now();
  for (const [runId, own] of grouped(gone, ({ run_id }) => run_id)) {
    const deleted = own.map(({ phone_id, key, size, reasons }) => ({
      phone_id,
      key,
      size,
      reasons,
    }));
    await recordDeleted(deps.store, runId, { bucket, at, archives: deleted });
  }
  return { deleted: new Set(gone.map(({ key }) => key)), kept };
}

/** Returns those of the archives that exist, as kept without a refusal. */
async function stillThere(
  { archives }: Deps,
  bucket: string,
  wanted: readonly { key: string }[],
): Promise<Kept[]> {
  const limit = pLimit(HEADS_AT_ONCE);
  const found = await Promise.all(
    wanted.map(({ key }) => limit(async () => ({ key, head: await archives.head(bucket, key) }))),
  );
  return found.flatMap(({ key, head }) => (head === undefined ? [] : [{ key, code: 'protected' }]));
}

/** Finds out which refused archives are locked. */
async function withLocks(
  { archives }: Deps,
  bucket: string,
  refused: readonly { key: string; code: string }[],
): Promise<Kept[]> {
  const limit = pLimit(HEADS_AT_ONCE);
  const each = refused.map(({ key, code }) =>
    limit(async (): Promise<Kept> => {
      if (!LOCK_CODES.has(code)) return { key, code };
      const head = await archives.head(bucket, key).catch(() => undefined);
      const lockedUntil = head?.lockedUntil;
      return lockedUntil === undefined ? { key, code } : { key, code, lockedUntil };
    }),
  );
  return Promise.all(each);
}
