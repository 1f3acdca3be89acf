import pLimit from 'p-limit';
import { hasCode, type PhonevaultError, ServiceError } from '../../errors.ts';
import type { RunEvent } from '../../ledger/run/events.ts';
import type { PlannedPhone, RestoreSource } from '../../ledger/run/plan.ts';
import type { RunDeps } from '../deps.ts';
import { noteMissingRight } from '../state/failures/missing-right.ts';
import { isError, isRefused, orError } from '../state/failures/or-error.ts';
import { deadlineOf } from '../state/steps/next-step.ts';
import { type OpenRun, record } from '../state/open-run.ts';
import { phoneSteps } from '../state/steps/phone-steps.ts';

const MINUTE = 60_000;
/** How often one archive is looked at, by how long it takes to become readable. */
const LOOK_EVERY_MS = { expedited: 20_000, standard: 5 * MINUTE } as const;
const RETRY_AFTER_MS = MINUTE;
/** The other runs of the drive must not wait for many archives. */
const MAX_LOOKS = 200;
const CALLS_AT_ONCE = 8;
/** A restored phone needs its archive for hours, and OBS charges for each day. */
const DAYS = 2;
/** How long a restore job may take after it was sent. */
const MARGIN_MS = 60 * MINUTE;

const STOPPING = new Set(['throttled', 'unreachable', 'time_up']);

type Deps = Pick<RunDeps, 'archives' | 'clock' | 'log'>;

/** What became of an archive: readable now, on the way, or why it never will be. */
type Thaw =
  | { kind: 'readable' | 'thawing' | 'later' }
  | { kind: 'failed'; reason: string; code?: string };

/**
 * Makes the cold archives of a restore readable, and records for which phones they are. Looks at each archive once for all of its
 * phones. Asking OBS again changes nothing, so nothing is written before it is asked. An archive that the bucket refuses to
 * restore fails its phones alone.
 */
export async function awaitThaws(deps: Deps, run: OpenRun): Promise<void> {
  const now = deps.clock.now();
  const { thaws } = run.retryAt;
  const archives = coldArchives(run, now);
  const due = [...archives.values()]
    .filter(({ source }) => now >= (thaws.get(idOf(source)) ?? 0))
    .sort((a, b) => (thaws.get(idOf(a.source)) ?? 0) - (thaws.get(idOf(b.source)) ?? 0))
    .slice(0, MAX_LOOKS);
  const limit = pLimit(CALLS_AT_ONCE);
  let failure: PhonevaultError | undefined;
  let isStopped = false;
  await Promise.all(
    due.map(({ source, phones }) =>
      limit(async () => {
        if (isStopped) return;
        const found = await orError(() => thaw(deps, run, source));
        const isWaiting = !isError(found) && found.kind === 'thawing';
        const pause = isWaiting ? LOOK_EVERY_MS[tierOf(run)] : RETRY_AFTER_MS;
        thaws.set(idOf(source), deps.clock.now() + pause);
        if (!isError(found)) return record(run, eventsOf(found, phones, deps.clock.now()));
        failure ??= found;
        // A bucket that throttles, or does not answer, would treat the other archives the same.
        isStopped ||= STOPPING.has(found.code);
      }),
    ),
  );
  if (failure !== undefined) throw failure;
}

const tierOf = ({ plan }: OpenRun) => plan?.restore?.thaw ?? 'expedited';

/** Returns when an archive of the run is looked at next (epoch ms); undefined when none is waited for. */
export function nextThawAt(run: OpenRun, now: number): number | undefined {
  const times = [...coldArchives(run, now).keys()].map((id) => run.retryAt.thaws.get(id) ?? now);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Returns the archives that phones wait for, by bucket and key, each with its phones. */
function coldArchives(
  run: OpenRun,
  now: number,
): Map<string, { source: RestoreSource; phones: PlannedPhone[] }> {
  const archives = new Map<string, { source: RestoreSource; phones: PlannedPhone[] }>();
  for (const { phone, step } of phoneSteps(run, now)) {
    const { source } = phone.planned;
    if (step.kind !== 'await_thaw' || source === undefined) continue;
    const known = archives.get(idOf(source));
    if (known === undefined) archives.set(idOf(source), { source, phones: [phone.planned] });
    else known.phones.push(phone.planned);
  }
  return archives;
}

const idOf = ({ bucket, key }: RestoreSource): string => `${bucket} ${key}`;

/** Looks at an archive, and asks OBS to make it readable where nobody has. Throws ServiceError. */
async function thaw(deps: Deps, run: OpenRun, source: RestoreSource): Promise<Thaw> {
  const { bucket, key, size, etag } = source;
  const found = await deps.archives.head(bucket, key);
  if (found === undefined) return { kind: 'failed', reason: 'archive_missing' };
  if (found.size !== size || found.etag !== etag) {
    return { kind: 'failed', reason: 'archive_changed' };
  }
  if (found.thawing === true) return { kind: 'thawing' };
  if (found.cold === true) return requestThaw(deps, run, source);
  const until = neededUntil(run);
  const isLongEnough = (found.readableUntil ?? until) >= until;
  // It can be read now: more time is only requested.
  if (!isLongEnough) await orError(() => requestThaw(deps, run, source));
  return { kind: 'readable' };
}

/** Asks OBS to make an archive readable, or to keep it so longer. Throws errors that may pass. */
async function requestThaw(
  { archives, clock }: Deps,
  run: OpenRun,
  { bucket, key }: RestoreSource,
): Promise<Thaw> {
  try {
    await archives.restoreObject(bucket, key, { days: DAYS, tier: tierOf(run) });
    return { kind: 'thawing' };
  } catch (error) {
    if (!(error instanceof ServiceError) || error.retryable) throw error;
    const { serviceCode = error.code } = error;
    // Somebody has changed its storage class meanwhile.
    if (serviceCode === 'InvalidObjectState') return { kind: 'later' };
    if (hasCode(error, 'not_found')) return { kind: 'failed', reason: 'archive_missing' };
    if (isRefused(error)) noteMissingRight({ clock }, run, 'thaw_archives', { bucket, error });
    else if (!hasCode(error, 'service')) throw error;
    return { kind: 'failed', reason: 'thaw_refused', code: serviceCode };
  }
}

/** Returns until when an archive has to stay readable (epoch ms). */
function neededUntil({ plan }: OpenRun): number {
  if (plan?.terms === undefined) return 0;
  return deadlineOf({ terms: plan.terms, startedAt: plan.started_at }) + MARGIN_MS;
}

function eventsOf(found: Thaw, phones: readonly PlannedPhone[], at: number): RunEvent[] {
  if (found.kind === 'readable') {
    return phones.map(({ phone_id }) => ({ type: 'thawed', at, phone_id }));
  }
  if (found.kind !== 'failed') return [];
  const { reason, code } = found;
  return phones.map(({ phone_id }) => ({
    ...{ type: 'outcome', at, phone_id, outcome: 'failed', reason },
    ...(code === undefined ? {} : { code }),
  }));
}
