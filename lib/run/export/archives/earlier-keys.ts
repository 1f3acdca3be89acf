import { type Attempt, missingSince } from '../../../ledger/run/run-state.ts';
import type { RunDeps } from '../../deps.ts';
import { mayStillArrive } from '../../state/attempt-status.ts';
import { OUTAGE_GRACE_MS } from '../../state/steps/next-step.ts';
import type { OpenRun } from '../../state/open-run.ts';
import { agendaOf } from '../../state/steps/agenda.ts';
import type { PhoneStep } from '../../state/steps/phone-steps.ts';
import { isWhole, lookUp, type ToEvent } from './verify-archives.ts';

/** A phone may wait so long for its call before its earlier keys are looked up again. */
const FRESH_MS = 20_000;

/**
 * Returns whether the next attempt of a phone may be sent: no earlier attempt without a job may have left an archive, as a recent
 * look-up showed, or look-ups have failed for half an hour.
 */
export function isCleared(run: OpenRun, { phone, step }: PhoneStep, now: number): boolean {
  const isExport = step.kind === 'submit' && step.call === undefined;
  if (!isExport || ![...phone.attempts.values()].some(mayStillArrive)) return true;
  if (now - (run.retryAt.clearedAt.get(phone.planned.phone_id) ?? 0) < FRESH_MS) return true;
  const since = missingSince(run.state.outages.archives);
  return since !== undefined && now - since >= OUTAGE_GRACE_MS;
}

/** Returns until when a phone is not sent again because its earlier keys could not be looked up (epoch ms); 0: not held. */
export function heldUntil(run: OpenRun, one: PhoneStep, now: number): number {
  if (isCleared(run, one, now)) return 0;
  return run.retryAt.lookUps.get(one.phone.planned.phone_id) ?? 0;
}

/**
 * Looks up the archives of earlier attempts before a phone is sent again: a job whose response was lost keeps CPH busy, and may
 * have ended since. A whole archive is recorded as verified. A phone whose archives cannot be looked up holds up no other.
 */
export async function lookUpEarlierKeys(
  deps: Pick<RunDeps, 'archives' | 'clock'>,
  run: OpenRun,
): Promise<void> {
  const now = deps.clock.now();
  const { clearedAt } = run.retryAt;
  const phones = [...agendaOf(run, now).retries].flatMap(([phone, step]) => {
    if (isCleared(run, { phone, step }, now)) return [];
    return Math.max(step.notBefore, heldUntil(run, { phone, step }, now)) <= now ? [phone] : [];
  });
  if (phones.length === 0) return;
  const expected = phones.flatMap(({ planned, attempts }) =>
    [...attempts.values()]
      .filter(mayStillArrive)
      .map((attempt) => ({ phoneId: planned.phone_id, attempt, isLastLookup: false })),
  );
  const bucket = run.plan?.terms?.bucket ?? '';
  const seen = new Set<Attempt>();
  const judge: ToEvent = async ({ phoneId, attempt }, found) => {
    const isArchive = found !== undefined && (await isWhole(deps, run, bucket, found));
    seen.add(attempt);
    if (!isArchive) return undefined;
    const { size, etag } = found;
    const own = { phone_id: phoneId, attempt: attempt.number };
    return { type: 'verified', at: now, ...own, size, etag };
  };
  try {
    await lookUp(deps, run, expected, judge);
  } finally {
    for (const { planned, attempts } of phones) {
      const isLookedUp = [...attempts.values()]
        .filter(mayStillArrive)
        .every((attempt) => seen.has(attempt));
      if (isLookedUp) clearedAt.set(planned.phone_id, now);
    }
  }
}
