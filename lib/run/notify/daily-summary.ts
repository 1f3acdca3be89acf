import { readCursors } from '../../ledger/state/cursors.ts';
import { runOutcomes } from '../../ledger/run/report.ts';
import { listOpen } from '../../ledger/run/request.ts';
import { hasSettled } from '../../ledger/run/settled/has-settled.ts';
import { listSettled } from '../../ledger/state/run-index/list.ts';
import type { Store } from '../../ledger/store/store.ts';
import { timerRunId } from '../../policy/keys/run-id.ts';
import { dueSlots } from '../../policy/slots/slots.ts';
import type { RunDeps } from '../deps.ts';
import { isBadDrill } from '../query/drill-view.ts';
import { policyStatuses } from '../query/policy-status.ts';
import { instantOf } from '../query/schemas/object.ts';
import { unreadableObjects } from '../query/unreadable.ts';
import type { DailySummary } from './message/notification.ts';

const MAX_LOOKUPS = 50;
const MAX_NAMED = 50;

/** Returns the runs and missed slots between two times (epoch ms), and the state of the policies and of the ledger's objects now. */
export async function dailySummary(
  deps: Pick<RunDeps, 'clock' | 'store' | 'ledger'>,
  since: number,
  until: number,
): Promise<DailySummary> {
  const now = deps.clock.now();
  const policies = await policyStatuses(deps, now);
  const found = policies.flatMap(({ unreadable = [] }) => unreadable);
  const objects = await unreadableObjects(deps.store, found);
  // In this order: a run that settles meanwhile is in the index before its request is removed.
  const { requests } = await listOpen(deps.store);
  const settled = await listSettled(deps.store, { since, until: now });
  const runs = Object.fromEntries(
    runOutcomes.map((outcome) => [outcome, 0]),
  ) as DailySummary['runs'];
  for (const { outcome, settledAt } of settled) {
    if (settledAt > since && settledAt <= until) runs[outcome] += 1;
  }
  const known = new Set([...requests, ...settled].map(({ runId }) => runId));
  const named = (list: typeof policies): string[] =>
    list.slice(0, MAX_NAMED).map(({ policy }) => policy);
  return {
    since: instantOf(since),
    until: instantOf(until),
    runs,
    open: requests.length,
    active: policies.filter(({ state }) => state === 'active').length,
    missed: await missedSlots(deps.store, known, since, until),
    stale: named(policies.filter(({ freshness }) => freshness === 'stale')),
    drills: named(policies.filter(isBadDrill)),
    invalid: named(policies.filter(({ state }) => state === 'invalid')),
    unreadable: objects.slice(0, MAX_NAMED).map(({ key }) => key),
  };
}

/** Counts the slots of active policies without a run: neither open, nor in the index, nor with a report. */
async function missedSlots(
  store: Store,
  known: ReadonlySet<string>,
  since: number,
  until: number,
): Promise<number> {
  const cursors = Object.entries(await readCursors(store));
  const unknown = cursors.flatMap(([policy, { active, schedule, freshness, paused_until = 0 }]) => {
    if (!active || schedule === undefined || freshness === undefined) return [];
    const slots = dueSlots(schedule, Math.max(since, freshness.counts_from, paused_until), until);
    return slots.map((slot) => timerRunId(policy, slot)).filter((runId) => !known.has(runId));
  });
  let missed = unknown.length;
  for (const runId of unknown.slice(0, MAX_LOOKUPS)) {
    if (await hasSettled(store, runId)) missed -= 1;
  }
  return missed;
}
