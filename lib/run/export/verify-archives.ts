import pLimit from 'p-limit';
import { archiveKey, runFolder } from '../../policy/keys/keys.ts';
import type { RunEvent } from '../../ledger/run/events.ts';
import type { Attempt } from '../../ledger/run/fold.ts';
import type { ObjectInfo } from '../../cloud/obs/list.ts';
import type { RunDeps } from '../deps.ts';
import { note } from './track-outage.ts';
import { type OpenRun, record } from '../state/open-run.ts';
import { phoneSteps } from '../state/phone-steps.ts';

/** The end of a tar file is two blocks of zeros: nothing as small as that holds a file. */
const TAR_END_BYTES = 1024;
const HEADS_AT_ONCE = 8;
/** From here on one LIST of the folder is cheaper than a HEAD for each. */
const LIST_FROM = 8;
const LOOK_EVERY_MS = 20_000;
const AFTER_FAILURE_MS = 20_000;

type Claim = { phoneId: string; attempt: Attempt; last: boolean };

/** Looks for the archives of jobs that ended well: LIST, HEAD of what LIST does not show, HEAD again later. */
export async function verifyArchives(
  deps: Pick<RunDeps, 'archives' | 'clock'>,
  run: OpenRun,
): Promise<void> {
  const now = deps.clock.now();
  if (now < run.retryAt.archives) return;
  const due: Claim[] = [];
  for (const { phone, step } of phoneSteps(run, now)) {
    if (step.kind !== 'verify' || step.notBefore > now) continue;
    const last = step.attempt.absent !== undefined;
    due.push({ phoneId: phone.planned.phone_id, attempt: step.attempt, last });
  }
  run.retryAt.archives = now + AFTER_FAILURE_MS;
  const judged = await lookUp(deps, run, due, (claim, found) => {
    const own = { at: now, phone_id: claim.phoneId, attempt: claim.attempt.number };
    if (found === undefined) {
      return claim.last
        ? { type: 'archive_rejected', ...own, reason: 'archive_missing' }
        : { type: 'absent', ...own };
    }
    if (!isPlausible(found.size))
      return { type: 'archive_rejected', ...own, reason: 'archive_too_small' };
    return { type: 'verified', ...own, size: found.size, etag: found.etag };
  });
  run.retryAt.archives = 0;
  record(run, judged);
}

/**
 * Looks for archives of tries whose answer was lost. No job vouches for them, so the object must be whole: it
 * ends as a tar file does. What has not come when the watch ends is given up, and the phone may be tried again.
 */
export async function watchUnknownOutcomes(
  deps: Pick<RunDeps, 'archives' | 'clock'>,
  run: OpenRun,
): Promise<void> {
  const now = deps.clock.now();
  const watched = phoneSteps(run, now).flatMap(({ phone, step }) =>
    step.kind === 'watch'
      ? [{ phoneId: phone.planned.phone_id, attempt: step.attempt, last: now >= step.until }]
      : [],
  );
  if (watched.length === 0 || now < run.retryAt.unknownOutcomes) return;
  run.retryAt.unknownOutcomes = now + LOOK_EVERY_MS;
  const bucket = run.plan?.terms?.bucket ?? '';
  const judged = await lookUp(deps, run, watched, async (claim, found) => {
    const own = { at: now, phone_id: claim.phoneId, attempt: claim.attempt.number };
    if (found !== undefined && (await endsAsTar(deps, bucket, found))) {
      return { type: 'verified', ...own, size: found.size, etag: found.etag };
    }
    return claim.last ? { type: 'archive_rejected', ...own, reason: 'response_lost' } : undefined;
  });
  record(run, judged);
}

/** When a doubtful or absent archive is looked for again (epoch ms); undefined when none is. */
export function nextLookupAt(run: OpenRun, now: number): number | undefined {
  let next: number | undefined;
  for (const { step } of phoneSteps(run, now)) {
    const at =
      step.kind === 'verify'
        ? Math.max(step.notBefore, run.retryAt.archives)
        : step.kind === 'watch'
          ? Math.max(run.retryAt.unknownOutcomes, now)
          : undefined;
    if (at !== undefined) next = Math.min(next ?? at, at);
  }
  return next;
}

async function lookUp(
  deps: Pick<RunDeps, 'archives' | 'clock'>,
  run: OpenRun,
  claims: Claim[],
  judge: (
    claim: Claim,
    found: ObjectInfo | undefined,
  ) => RunEvent | undefined | Promise<RunEvent | undefined>,
): Promise<RunEvent[]> {
  const terms = run.plan?.terms;
  if (terms === undefined || claims.length === 0) return [];
  const keyOf = (claim: Claim): string =>
    archiveKey(terms.folder, run.runId, claim.phoneId, claim.attempt.number);

  return note(deps, [run], 'archives', async () => {
    const listed = new Map<string, ObjectInfo>();
    if (claims.length >= LIST_FROM || claims.some(({ last }) => last)) {
      const folder = `${runFolder(terms.folder, run.runId)}/`;
      const { objects } = await deps.archives.list(terms.bucket, folder);
      for (const object of objects) listed.set(object.key, object);
    }
    const limit = pLimit(HEADS_AT_ONCE);
    const judged = await Promise.all(
      claims.map((claim) =>
        limit(async () => {
          const key = keyOf(claim);
          const found = listed.get(key) ?? (await deps.archives.head(terms.bucket, key));
          return judge(claim, found);
        }),
      ),
    );
    return judged.filter((event) => event !== undefined);
  });
}

/** An archive of that size (bytes) may hold something. */
export function isPlausible(size: number): boolean {
  return size > TAR_END_BYTES;
}

/** True for an object that is whole, as a tar file: it ends in two blocks of zeros. */
export async function endsAsTar(
  deps: Pick<RunDeps, 'archives'>,
  bucket: string,
  found: ObjectInfo,
): Promise<boolean> {
  if (!isPlausible(found.size) || found.size % 512 !== 0) return false;
  const tail = await deps.archives.tail(bucket, found.key, TAR_END_BYTES);
  return tail?.length === TAR_END_BYTES && tail.every((byte) => byte === 0);
}
