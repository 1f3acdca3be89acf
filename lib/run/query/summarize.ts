import type { IndexedRun, UnreadRun } from '../../ledger/state/run-index.ts';
import { policyOfRun } from '../../policy/keys/run-id.ts';
import type { FoundRun } from './find-run.ts';
import type { StoredRun } from '../state/stored-run.ts';
import { progressOf } from './progress.ts';
import { problemOf } from './unreadable.ts';
import { instantOf } from './schemas/object.ts';
import { type RunSummary } from './schemas/run.ts';

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
