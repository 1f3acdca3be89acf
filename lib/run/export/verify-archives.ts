import pLimit from 'p-limit';
import { archiveKey, runFolder } from '../../policy/keys/keys.ts';
import type { RunEvent } from '../../ledger/run/events.ts';
import type { Attempt } from '../../ledger/run/fold.ts';
import type { ObjectInfo } from '../../cloud/obs/list.ts';
import type { RunDeps } from '../deps.ts';
import { trackOutage } from './track-outage.ts';
import { type OpenRun, record } from '../state/open-run.ts';
import { phoneSteps } from '../state/phone-steps.ts';

/** A tar file ends with two blocks of zeros. A file of this size or smaller holds nothing. */
const TAR_END_BYTES = 1024;
const HEADS_AT_ONCE = 8;
/** For so many archives, one LIST of the folder costs less than a HEAD for each archive. */
const MIN_ARCHIVES_TO_LIST = 8;
const LOOKUP_EVERY_MS = 20_000;
const RETRY_AFTER_MS = 20_000;

/** `isLastLookup`: an archive that is not found now counts as missing. */
type ExpectedArchive = { phoneId: string; attempt: Attempt; isLastLookup: boolean };

/**
 * Looks up the archives of succeeded jobs with LIST, and with HEAD where LIST does not show them. Records them as verified.
 * An archive counts as missing only when a later HEAD does not find it either.
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
  run.retryAt.archives = now + RETRY_AFTER_MS;
  const events = await lookUp(deps, run, due, ({ phoneId, attempt, isLastLookup }, found) => {
    const own = { at: now, phone_id: phoneId, attempt: attempt.number };
    if (found === undefined) {
      return isLastLookup
        ? { type: 'archive_rejected', ...own, reason: 'archive_missing' }
        : { type: 'absent', ...own };
    }
    if (!isPlausible(found.size))
      return { type: 'archive_rejected', ...own, reason: 'archive_too_small' };
    return { type: 'verified', ...own, size: found.size, etag: found.etag };
  });
  run.retryAt.archives = 0;
  record(run, events);
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
  const events = await lookUp(deps, run, watched, async (expected, found) => {
    const own = { at: now, phone_id: expected.phoneId, attempt: expected.attempt.number };
    if (found !== undefined && (await endsAsTar(deps, bucket, found))) {
      return { type: 'verified', ...own, size: found.size, etag: found.etag };
    }
    return expected.isLastLookup
      ? { type: 'archive_rejected', ...own, reason: 'response_lost' }
      : undefined;
  });
  record(run, events);
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

type ToEvent = (
  expected: ExpectedArchive,
  found: ObjectInfo | undefined,
) => RunEvent | undefined | Promise<RunEvent | undefined>;

/** Looks up each archive and returns the events that `toEvent` makes of the results. */
async function lookUp(
  deps: Pick<RunDeps, 'archives' | 'clock'>,
  run: OpenRun,
  expected: ExpectedArchive[],
  toEvent: ToEvent,
): Promise<RunEvent[]> {
  const terms = run.plan?.terms;
  if (terms === undefined || expected.length === 0) return [];
  const keyOf = ({ phoneId, attempt }: ExpectedArchive): string =>
    archiveKey(terms.folder, run.runId, phoneId, attempt.number);

  return trackOutage(deps, [run], 'archives', async () => {
    const listed = new Map<string, ObjectInfo>();
    if (
      expected.length >= MIN_ARCHIVES_TO_LIST ||
      expected.some(({ isLastLookup }) => isLastLookup)
    ) {
      const folder = `${runFolder(terms.folder, run.runId)}/`;
      const { objects } = await deps.archives.list(terms.bucket, folder);
      for (const object of objects) listed.set(object.key, object);
    }
    const limit = pLimit(HEADS_AT_ONCE);
    const events = await Promise.all(
      expected.map((archive) =>
        limit(async () => {
          const key = keyOf(archive);
          const found = listed.get(key) ?? (await deps.archives.head(terms.bucket, key));
          return toEvent(archive, found);
        }),
      ),
    );
    return events.filter((event) => event !== undefined);
  });
}

/** Returns whether an archive of this size (bytes) can hold a file. */
export function isPlausible(size: number): boolean {
  return size > TAR_END_BYTES;
}

/** Returns whether an object is a whole tar file: it ends with two blocks of zeros. */
export async function endsAsTar(
  deps: Pick<RunDeps, 'archives'>,
  bucket: string,
  found: ObjectInfo,
): Promise<boolean> {
  if (!isPlausible(found.size) || found.size % 512 !== 0) return false;
  const tail = await deps.archives.tail(bucket, found.key, TAR_END_BYTES);
  return tail?.length === TAR_END_BYTES && tail.every((byte) => byte === 0);
}
