import type { ObjectInfo } from '../../../cloud/obs/list.ts';
import {
  type LateArchive,
  type OrphanedAttempt,
  type OrphanedJobs,
  recordLateArchive,
} from '../../../ledger/run/orphaned-jobs.ts';
import { archiveKey } from '../../../policy/keys/keys.ts';
import type { RunDeps } from '../../deps.ts';
import { endsAsTar, isPlausible } from '../../export/archives/archive-file.ts';
import { RECHECK_AFTER_MS } from '../../state/steps/next-step.ts';

/** One attempt that outlived its run. */
export type Orphan = { orphaned: OrphanedJobs; attempt: OrphanedAttempt };

/** `arrived`: archives and leftovers that are not in the catalogue yet. */
export type PollDeps = RunDeps & { arrived: LateArchive[] };

/** Records the archive of a succeeded job. Returns the attempt while its archive may still appear. */
export async function verifyOrphan(
  deps: PollDeps,
  orphan: Orphan,
  now: number,
): Promise<OrphanedAttempt[]> {
  const found = await headOf(deps, orphan);
  if (found === undefined) {
    const absent_at = orphan.attempt.absent_at ?? now;
    return now - absent_at < RECHECK_AFTER_MS ? [{ ...orphan.attempt, absent_at }] : [];
  }
  if (isPlausible(found.size)) await recordArchive(deps, orphan, found, now);
  else await recordUnconfirmed(deps, orphan, found, now);
  return [];
}

/** Looks up the archive of an attempt without a known job. Returns the attempt while its archive may still appear. */
export async function watchOrphan(
  deps: PollDeps,
  orphan: Orphan,
  now: number,
): Promise<OrphanedAttempt[]> {
  const { orphaned, attempt } = orphan;
  const found = await headOf(deps, orphan);
  if (found !== undefined && (await endsAsTar(deps, orphaned.bucket, found))) {
    await recordArchive(deps, orphan, found, now);
    return [];
  }
  if (now < (attempt.watch_until ?? 0)) return [attempt];
  await recordUnconfirmed(deps, orphan, found, now);
  return [];
}

export function headOf(
  deps: Pick<RunDeps, 'archives'>,
  orphan: Orphan,
): Promise<ObjectInfo | undefined> {
  return deps.archives.head(orphan.orphaned.bucket, keyOf(orphan));
}

export function keyOf({ orphaned, attempt }: Orphan): string {
  return archiveKey(orphaned.folder, orphaned.run_id, attempt.phone_id, attempt.attempt);
}

function lateArchive({ attempt }: Orphan, { key, size, etag }: ObjectInfo, seen_at: number) {
  return { phone_id: attempt.phone_id, attempt: attempt.attempt, key, size, etag, seen_at };
}

/** Records an object that no job confirms, if there is one. */
export async function recordUnconfirmed(
  deps: Pick<PollDeps, 'store' | 'arrived'>,
  orphan: Orphan,
  found: ObjectInfo | undefined,
  now: number,
): Promise<void> {
  if (found === undefined) return;
  const archive = { ...lateArchive(orphan, found, now), unconfirmed: true as const };
  deps.arrived.push(await recordLateArchive(deps.store, orphan.orphaned.run_id, archive));
}

async function recordArchive(
  deps: PollDeps,
  orphan: Orphan,
  found: ObjectInfo,
  now: number,
): Promise<void> {
  const { run_id, policy } = orphan.orphaned;
  const { phone_id } = orphan.attempt;
  deps.arrived.push(await recordLateArchive(deps.store, run_id, lateArchive(orphan, found, now)));
  deps.log.info('archive_arrived_late', { run: run_id, policy, phone: phone_id });
}
