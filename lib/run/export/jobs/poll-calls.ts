import { type Attempt, missingSince } from '../../../ledger/run/run-state.ts';
import type { OpenRun } from '../../state/open-run.ts';
import type { Overdue } from '../../state/steps/next-step.ts';
import { stepsOf } from '../../state/steps/agenda.ts';

const MAX_REQUESTS_PER_CALL = 20;
/** CPH may not list a job yet that is younger. A list of such jobs alone is not halved. */
const FRESH_MS = 30_000;
/** What one page of CPH's list holds. */
const JOBS_PER_CALL = 100;

/** An attempt to poll. `overdue` says which limit a job that still runs has passed. */
export type PolledAttempt = {
  run: OpenRun;
  phoneId: string;
  attempt: Attempt;
  overdue: Overdue | undefined;
};

/** Returns the attempts to poll, by the request id of the export call that sent them. */
export function jobsToPoll(runs: OpenRun[], now: number): Map<string, PolledAttempt[]> {
  const byRequest = new Map<string, PolledAttempt[]>();
  for (const run of runs) {
    for (const { phone, step } of stepsOf(run, now, 'poll', 'watch')) {
      const { attempt } = step;
      const overdue = step.kind === 'poll' ? step.overdue : undefined;
      const ids = [...attempt.accepted.map((job) => job.request_id), attempt.unknown?.request_id];
      for (const id of new Set(ids)) {
        if (id === undefined || id === '') continue;
        const entry = { run, phoneId: phone.planned.phone_id, attempt, overdue };
        const known = byRequest.get(id);
        if (known === undefined) byRequest.set(id, [entry]);
        else known.push(entry);
      }
    }
  }
  return byRequest;
}

/**
 * Returns the request ids of each `list-jobs` call that a poll makes. Together they have no more jobs than one page, as far as
 * possible: when a further page is refused, what was read before is lost.
 */
export function pollCalls(polled: ReadonlyMap<string, PolledAttempt[]>, now: number): string[][] {
  const sizeOf = (id: string, attempts: readonly PolledAttempt[]): number =>
    [...new Set(attempts.map(({ run }) => run))].reduce(
      (sum, { state }) => sum + (state.jobsOf.get(id) ?? 0),
      0,
    );
  const alone: string[][] = [];
  // Apart from each other: an id that CPH does not know may empty the list of all.
  const together = { fresh: [] as Call[], unlisted: [] as Call[], listed: [] as Call[] };
  for (const [id, attempts] of polled) {
    if (attempts.some(lacksJob)) alone.push([id]);
    else addToCalls(together[kindOf(attempts, now)], id, sizeOf(id, attempts));
  }
  const { fresh, unlisted, listed } = together;
  return [...alone, ...[...fresh, ...unlisted, ...listed].map(({ ids }) => ids)];
}

/** The request ids of one call, and how many jobs they have. */
type Call = { ids: string[]; jobs: number };

function addToCalls(calls: Call[], id: string, jobs: number): void {
  const last = calls.at(-1);
  const fits =
    last !== undefined &&
    last.ids.length < MAX_REQUESTS_PER_CALL &&
    last.jobs + jobs <= JOBS_PER_CALL;
  if (!fits) return void calls.push({ ids: [id], jobs });
  last.ids.push(id);
  last.jobs += jobs;
}

function kindOf(attempts: PolledAttempt[], now: number): 'fresh' | 'unlisted' | 'listed' {
  if (attempts.some((polled) => isFresh(polled, now))) return 'fresh';
  const isMissing = attempts.some(({ attempt }) => missingSince(attempt.listing) !== undefined);
  return isMissing ? 'unlisted' : 'listed';
}

/** True when CPH may not list the job of the attempt yet. */
export const isFresh = ({ attempt }: PolledAttempt, now: number): boolean =>
  now - (attempt.accepted[0]?.at ?? 0) < FRESH_MS;

/** True when CPH's response named no job for the attempt. */
export const lacksJob = ({ attempt }: PolledAttempt): boolean => attempt.accepted.length === 0;
