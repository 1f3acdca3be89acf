import pLimit from 'p-limit';
import { archiveKey, runFolder } from '../../../policy/keys/keys.ts';
import type { RunEvent } from '../../../ledger/run/events.ts';
import { type Attempt, missingSince } from '../../../ledger/run/run-state.ts';
import type { ObjectInfo } from '../../../cloud/obs/list.ts';
import type { RunDeps } from '../../deps.ts';
import { endsAsTar, isPlausible } from './archive-file.ts';
import { noteMissingRight } from '../../state/failures/missing-right.ts';
import { isError, isRefused, orError } from '../../state/failures/or-error.ts';
import { lookUpEach } from '../look-up.ts';
import { trackOutage } from '../track-outage.ts';
import { type OpenRun, record } from '../../state/open-run.ts';
import { phoneSteps } from '../../state/phone-steps.ts';

const READS_AT_ONCE = 8;
const LOOKUP_EVERY_MS = 20_000;
const RETRY_AFTER_MS = 20_000;
const MAX_RETRY_AFTER_MS = 5 * 60_000;

/** `isLastLookup`: an archive that is not found now counts as missing. */
type ExpectedArchive = { phoneId: string; attempt: Attempt; isLastLookup: boolean };

/**
 * Looks up the archives of succeeded jobs, each on its own, and records them as verified. An archive counts as missing only when
 * a later lookup does not find it either.
 */
export async function verifyArchives(
  deps: Pick<RunDeps, 'archives' | 'clock'>,
  run: OpenRun,
): Promise<void> {
  const now = deps.clock.now();
  if (now < run.retryAt.archives) return;
  const due: ExpectedArchive[] = [];
  for (const { phone, step } of phoneSteps(run, now)) {
    if (step.kind !== 'verify' || step.notBefore > now) continue;
    const isLastLookup = step.attempt.absent !== undefined;
    due.push({ phoneId: phone.planned.phone_id, attempt: step.attempt, isLastLookup });
  }
  const judge: ToEvent = ({ phoneId, attempt, isLastLookup }, found) => {
    const own = { at: now, phone_id: phoneId, attempt: attempt.number };
    if (found === undefined) {
      return isLastLookup
        ? { type: 'archive_rejected', ...own, reason: 'archive_missing' }
        : { type: 'absent', ...own };
    }
    if (!isPlausible(found.size))
      return { type: 'archive_rejected', ...own, reason: 'archive_too_small' };
    return { type: 'verified', ...own, size: found.size, etag: found.etag };
  };
  try {
    await lookUp(deps, run, due, judge);
    run.retryAt.archives = 0;
  } catch (error) {
    run.retryAt.archives = retryAfterFailure(run, deps.clock.now());
    throw error;
  }
}

/**
 * Looks up the archives of attempts whose response was lost. No job confirms them, so the object must be a whole tar file.
 * An attempt without an archive when the watch ends is rejected, and the phone may be exported again.
 */
export async function watchUnknownOutcomes(
  deps: Pick<RunDeps, 'archives' | 'clock'>,
  run: OpenRun,
): Promise<void> {
  const now = deps.clock.now();
  const watched = phoneSteps(run, now).flatMap(({ phone, step }) =>
    step.kind === 'watch'
      ? [
          {
            phoneId: phone.planned.phone_id,
            attempt: step.attempt,
            isLastLookup: now >= step.until,
          },
        ]
      : [],
  );
  if (watched.length === 0 || now < run.retryAt.unknownOutcomes) return;
  run.retryAt.unknownOutcomes = now + LOOKUP_EVERY_MS;
  const bucket = run.plan?.terms?.bucket ?? '';
  const judge: ToEvent = async (expected, found) => {
    const own = { at: now, phone_id: expected.phoneId, attempt: expected.attempt.number };
    if (found !== undefined && (await isWhole(deps, run, bucket, found))) {
      return { type: 'verified', ...own, size: found.size, etag: found.etag };
    }
    return expected.isLastLookup
      ? { type: 'archive_rejected', ...own, reason: 'response_lost' }
      : undefined;
  };
  try {
    await lookUp(deps, run, watched, judge);
  } catch (error) {
    run.retryAt.unknownOutcomes = retryAfterFailure(run, deps.clock.now());
    throw error;
  }
}

/** Returns when failed look-ups are repeated (epoch ms): the longer they have failed, the later, so that other runs go first. */
export function retryAfterFailure({ state }: OpenRun, now: number): number {
  const failedFor = now - (missingSince(state.outages.archives) ?? now);
  return now + Math.min(Math.max(RETRY_AFTER_MS, failedFor / 4), MAX_RETRY_AFTER_MS);
}

/** Like `endsAsTar`. An archive whose content the bucket does not return is not known to be whole. */
export async function isWhole(
  deps: Pick<RunDeps, 'archives' | 'clock'>,
  run: OpenRun,
  bucket: string,
  found: ObjectInfo,
): Promise<boolean> {
  const isTar = await orError(() => endsAsTar(deps, bucket, found));
  if (!isError(isTar)) return isTar;
  if (!isRefused(isTar)) throw isTar;
  noteMissingRight(deps, run, 'read_archives', { bucket, error: isTar });
  return false;
}

/** Returns when an archive is looked up next (epoch ms); undefined when none is expected. */
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

/** Returns what a look-up says of an attempt. */
export type ToEvent = (
  expected: ExpectedArchive,
  found: ObjectInfo | undefined,
) => RunEvent | undefined | Promise<RunEvent | undefined>;

/**
 * Looks up each archive and records the events that `toEvent` makes of the results. Throws the first error of those whose
 * lookup failed, after the others are recorded.
 */
export async function lookUp(
  deps: Pick<RunDeps, 'archives' | 'clock'>,
  run: OpenRun,
  expected: ExpectedArchive[],
  toEvent: ToEvent,
): Promise<void> {
  const terms = run.plan?.terms;
  if (terms === undefined || expected.length === 0) return;
  const wanted = expected.map((archive) => ({
    ...archive,
    key: archiveKey(terms.folder, run.runId, archive.phoneId, archive.attempt.number),
  }));
  const where = { bucket: terms.bucket, folder: `${runFolder(terms.folder, run.runId)}/` };
  await trackOutage(deps, [run], 'archives', async () => {
    const found = await lookUpEach(deps, run, where, wanted);
    const limit = pLimit(READS_AT_ONCE);
    const events = await Promise.all(
      found.map(({ of, finding }) =>
        limit(() => {
          if (isError(finding)) return finding;
          return orError(async () => toEvent(of, finding === 'absent' ? undefined : finding));
        }),
      ),
    );
    record(
      run,
      events.flatMap((event) => (event === undefined || isError(event) ? [] : [event])),
    );
    const failed = events.find(isError);
    if (failed !== undefined) throw failed;
  });
}
