import { agendaOf } from '../state/steps/agenda.ts';
import type { StoredRun } from '../state/stored-run.ts';
import type { PendingHint } from './hints/pending-hints.ts';
import type { FirstBackupPolicy } from './policies.ts';

/** An open run, as far as it concerns first backups of its policy. Times in epoch ms. */
export type OpenFirstBackup = {
  policy: string;
  requestedAt: number;
  /** Phones that it was requested for because they are new. */
  requested: ReadonlySet<string>;
  /** Phones that any other run may still export. */
  inProgress: ReadonlySet<string>;
};

/** Returns what the open runs mean for first backups of their policies. */
export function openFirstBackups(runs: StoredRun[], now: number): OpenFirstBackup[] {
  return runs.map((run) => {
    const { policy, trigger, phones = [] } = run.request;
    const isFirst = trigger === 'provisioned';
    const inProgress = isFirst
      ? []
      : [...agendaOf(run, now).steps.values()].flatMap((steps) =>
          [...steps.keys()].map(({ planned }) => planned.phone_id),
        );
    return {
      policy,
      requestedAt: run.requestedAt,
      requested: new Set(isFirst ? phones : []),
      inProgress: new Set(inProgress),
    };
  });
}

/** Returns true when a first backup of this generation of the phone was requested. */
export function isCovered(
  policy: FirstBackupPolicy,
  phoneId: string,
  generation: number,
  open: OpenFirstBackup[],
): boolean {
  const { lastRequested } = policy;
  const last = Object.hasOwn(lastRequested, phoneId) ? lastRequested[phoneId] : undefined;
  if (last !== undefined && last >= generation) return true;
  return open.some(
    (run) =>
      run.policy === policy.name && run.requestedAt >= generation && run.requested.has(phoneId),
  );
}

/** Returns true when every policy of the hint has requested a first backup for this id. */
export function isCoveredByAll(
  policies: FirstBackupPolicy[],
  { lookup, generation }: PendingHint,
  id: string,
  open: OpenFirstBackup[],
): boolean {
  return policies
    .filter(({ name }) => lookup.policy === undefined || lookup.policy === name)
    .every((policy) => isCovered(policy, id, generation, open));
}
