import type { Call, RunEvent } from '../../lib/ledger/run/events.ts';
import type { PlannedPhone, RestoreSource, RestoreTerms } from '../../lib/ledger/run/plan.ts';
import type { OpenRun } from '../../lib/run/state/open-run.ts';
import { MINUTE, openRun, plannedPhone, T0 } from './runs.ts';

const RUN = 'restore-0123456789abcdef01234567';

export const restoreTerms: RestoreTerms = { restart: true, safety_runs: [] };

export function restoreSource(
  phoneId: string,
  changes: Partial<RestoreSource> = {},
): RestoreSource {
  const folder = 'nightly/20260101/nightly-20260101t023000z';
  return {
    ...{ phone_id: phoneId, phone_name: `game-${phoneId}`, policy: 'nightly' },
    ...{ run_id: 'nightly-20260101t023000z', bucket: 'my-phone-backups' },
    ...{ key: `${folder}/${phoneId}-1.tar`, size: 9_000, etag: 'e', verified_at: T0 - 60 * MINUTE },
    ...changes,
  };
}

/** A phone that is restored from its own archive. */
export function restoredPhone(id: string, changes: Partial<PlannedPhone> = {}): PlannedPhone {
  return plannedPhone(id, { source: restoreSource(id), ...changes });
}

/** A planned restore in memory, without a ledger under it. */
export function restoreRun(phones: PlannedPhone[], terms: Partial<RestoreTerms> = {}): OpenRun {
  const run = openRun(RUN, phones, { trigger: 'manual' });
  const targets = phones.map(({ phone_id }) => ({ phone: phone_id }));
  run.request = {
    ...{ run_id: RUN, policy: 'restore', trigger: 'manual', kind: 'restore' },
    restore: { targets, safety_export: false, restart: true },
  };
  if (run.plan === undefined) throw new Error('no plan');
  run.plan.request = run.request;
  run.plan.restore = { ...restoreTerms, ...terms };
  return run;
}

/** The events of one call for p1, a minute each: its job was accepted, and has ended where `result` is given. */
export function callOf(
  call: Call,
  attempt: number,
  result?: 'succeeded' | 'failed',
  { at = T0 + attempt * MINUTE, code }: { at?: number; code?: string } = {},
): RunEvent[] {
  const own = { phone_id: 'p1', attempt };
  const events: RunEvent[] = [
    { type: 'intent', at, window: `w${attempt}`, attempts: [{ ...own, call }] },
    { type: 'accepted', at, ...own, job_id: `j${attempt}`, request_id: `r${attempt}` },
  ];
  if (result === undefined) return events;
  const ended = { type: 'ended' as const, at: at + MINUTE, ...own, result };
  return [...events, { ...ended, ...(code === undefined ? {} : { code }) }];
}
