import type { IndexedRun, UnreadRun } from '../../../ledger/state/run-index/entry.ts';
import type { Report } from '../../../ledger/run/report.ts';
import { policyOfRun } from '../../../policy/keys/run-id.ts';
import type { FoundRun } from './find-run.ts';
import type { StoredRun } from '../../state/stored-run.ts';
import { progressOf } from './progress.ts';
import { problemOf } from '../unreadable.ts';
import { instantOf } from '../schemas/object.ts';
import type { RunSummary, RunView } from '../schemas/run.ts';

const MAX_LISTED = 50;

/** Returns the summary of a run at `now` (epoch ms). `cancelling`: whether a cancel was requested. Pure. */
export function summaryOf(
  runId: string,
  found: FoundRun,
  cancelling: boolean,
  now: number,
): RunSummary {
  switch (found.kind) {
    case 'settled':
      return settledSummary(found.report);
    case 'open':
      return openSummary(found.run, cancelling, now);
    case 'quarantined': {
      const { problem, request } = found;
      const policy = request?.policy ?? policyOfRun(runId) ?? '';
      const { trigger = null, slot = null } = request ?? {};
      return {
        run_id: runId,
        ...{ policy, trigger, slot },
        phase: 'quarantined',
        ...unsettled,
        cancelling,
        reason: problem.code,
        unreadable: [problem],
      };
    }
  }
}

const unsettled = {
  outcome: null,
  started_at: null,
  settled_at: null,
  counts: null,
  progress: null,
};

function openSummary(run: StoredRun, cancelling: boolean, now: number): RunSummary {
  const { plan, request, state } = run;
  return {
    run_id: run.runId,
    ...(request.kind === undefined ? {} : { kind: request.kind }),
    policy: request.policy,
    trigger: request.trigger,
    slot: plan?.slot ?? request.slot ?? null,
    phase: plan === undefined ? 'requested' : 'running',
    ...unsettled,
    cancelling: cancelling || state.cancelledAt !== undefined,
    ...(plan === undefined
      ? {}
      : { started_at: instantOf(plan.started_at), progress: progressOf(run, now) }),
  };
}

/** Returns the summary of a settled run, from its entry in the index, or from what the key of an unreadable entry says. Pure. */
export function indexedSummary(run: IndexedRun | UnreadRun): RunSummary {
  if (!('error' in run)) return settledSummary(run);
  const { error, ...known } = run;
  return {
    ...{ trigger: null, slot: null, phase: 'settled', cancelling: false },
    ...{ started_at: null, counts: null, progress: null },
    ...known,
    unreadable: [problemOf(error)],
  };
}

/** Returns the summary of a settled run, from its report or its readable entry in the index. Pure. */
export function settledSummary(run: IndexedRun): RunSummary {
  const { run_id, policy, trigger, slot, outcome, reason, started_at, settled_at, counts } = run;
  return {
    run_id,
    ...(run.kind === undefined ? {} : { kind: run.kind }),
    policy,
    trigger,
    slot,
    phase: 'settled',
    cancelling: false,
    outcome,
    ...(reason === undefined ? {} : { reason }),
    started_at,
    settled_at,
    counts,
    progress: null,
  };
}

/**
 * Returns what a settled run left behind or could not do: the first 50 of each list of its report, and how many more there are.
 * Pure.
 */
export function shortfallsOf(
  report: Report,
): Pick<RunView, 'leftovers' | 'not_done' | 'missing_servers' | 'omitted'> {
  const { leftovers = [], not_done = [], missing_servers = [] } = report;
  const over = (list: readonly unknown[]): number => Math.max(0, list.length - MAX_LISTED);
  const omitted = {
    leftovers: over(leftovers) + (report.omitted?.leftovers ?? 0),
    not_done: over(not_done),
    missing_servers: over(missing_servers),
  };
  return {
    ...(leftovers.length === 0 ? {} : { leftovers: leftovers.slice(0, MAX_LISTED) }),
    ...(not_done.length === 0 ? {} : { not_done: not_done.slice(0, MAX_LISTED) }),
    ...(missing_servers.length === 0
      ? {}
      : { missing_servers: missing_servers.slice(0, MAX_LISTED) }),
    ...(Object.values(omitted).every((more) => more === 0) ? {} : { omitted }),
  };
}
