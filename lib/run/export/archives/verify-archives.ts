import pLimit from 'p-limit';
import { archiveKey, runFolder } from '../../../policy/keys/keys.ts';
import type { RunEvent } from '../../../ledger/run/events.ts';
import { type Attempt, missingSince, type PhoneState } from '../../../ledger/run/run-state.ts';
import type { ObjectInfo } from '../../../cloud/obs/list.ts';
import type { RunDeps } from '../../deps.ts';
import { endsAsTar, isPlausible } from './archive-file.ts';
import { noteMissingRight } from '../../state/failures/missing-right.ts';
import { isError, isRefused, orError } from '../../state/failures/or-error.ts';
import { lookUpEach } from '../look-up.ts';
import { trackOutage } from '../track-outage.ts';
import { type OpenRun, record } from '../../state/open-run.ts';
import type { Step } from '../../state/steps/next-step.ts';
import { agendaOf, stepsOf } from '../../state/steps/agenda.ts';

const READS_AT_ONCE = 8;
const LOOKUP_EVERY_MS = 20_000;
/**
 * The pause between two look-ups. Listing a large folder takes seconds: so many times as long is left for other work. While jobs
 * run, one look-up serves those that end within some seconds.
 */
const PAUSE = { times: 8, max: 20_000, running: 10_000 };
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
  const lookupAt = lookupTimes(run, now);
  const due: ExpectedArchive[] = [];
  for (const { phone, step } of stepsOf(run, now, 'verify')) {
    if (lookupAt({ phone, step }) > now) continue;
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
  if (due.length === 0) return;
  try {
    await lookUp(deps, run, due, judge);
  } finally {
    run.lookedUp = { at: deps.clock.now(), took: deps.clock.now() - now };
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
  const lookupAt = lookupTimes(run, now);
  const watched = stepsOf(run, now, 'watch')
    .filter((one) => lookupAt(one) <= now)
    .map(({ phone, step: { attempt, until } }) => ({
      ...{ phoneId: phone.planned.phone_id, attempt, isLastLookup: now >= until },
    }));
  if (watched.length === 0) return;
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
  await lookUp(deps, run, watched, judge);
}

/** Returns when failed look-ups are repeated (epoch ms): the longer they have failed, the later, so that other runs go first. */
function retryAfterFailure({ state }: OpenRun, now: number): number {
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
  const lookupAt = lookupTimes(run, now);
  let next: number | undefined;
  for (const one of stepsOf(run, now, 'verify', 'watch')) {
    const at = lookupAt(one);
    next = Math.min(next ?? at, at);
  }
  return next;
}

type LookupStep = { phone: PhoneState; step: Extract<Step, { kind: 'verify' | 'watch' }> };

/** Returns a function that returns when the archive of a phone is looked up next (epoch ms). */
function lookupTimes(run: OpenRun, now: number): (one: LookupStep) => number {
  const { retryAt } = run;
  const pausedTo = pausedUntil(run, now);
  return ({ phone, step }) => {
    const notBefore =
      step.kind === 'verify'
        ? Math.max(step.notBefore, pausedTo)
        : Math.max(retryAt.unknownOutcomes, now);
    return Math.max(notBefore, retryAt.lookUps.get(phone.planned.phone_id) ?? 0);
  };
}

/** Returns until when the archives of succeeded jobs are not looked up (epoch ms). */
function pausedUntil(run: OpenRun, now: number): number {
  const { at, took } = run.lookedUp;
  const isRunning = (agendaOf(run, now).steps.get('poll')?.size ?? 0) > 0;
  return at + Math.min(Math.max(took * PAUSE.times, isRunning ? PAUSE.running : 0), PAUSE.max);
}

/** Returns what a look-up says of an attempt. */
export type ToEvent = (
  expected: ExpectedArchive,
  found: ObjectInfo | undefined,
) => RunEvent | undefined | Promise<RunEvent | undefined>;

/**
 * Looks up each archive and records the events that `toEvent` makes of the results. Throws the first error of those whose
 * lookup failed, after the others are recorded: only the phones of these wait before they are looked up again.
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
    const results = await Promise.all(
      found.map(({ of, finding }) =>
        limit(() => {
          if (isError(finding)) return finding;
          return orError(async () => toEvent(of, finding === 'absent' ? undefined : finding));
        }),
      ),
    );
    record(
      run,
      results.flatMap((event) => (event === undefined || isError(event) ? [] : [event])),
    );
    noteLookUps(
      run,
      found.map(({ of }, n) => ({ phoneId: of.phoneId, hasFailed: isError(results[n]) })),
      deps.clock.now(),
    );
    const failed = results.find(isError);
    if (failed !== undefined) throw failed;
  });
}

function noteLookUps(
  run: OpenRun,
  lookUps: { phoneId: string; hasFailed: boolean }[],
  now: number,
): void {
  for (const { phoneId } of lookUps) run.retryAt.lookUps.delete(phoneId);
  const retryAt = retryAfterFailure(run, now);
  for (const { phoneId, hasFailed } of lookUps) {
    if (hasFailed) run.retryAt.lookUps.set(phoneId, retryAt);
  }
}
