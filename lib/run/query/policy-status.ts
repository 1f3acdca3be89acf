import pLimit from 'p-limit';
import { readCursors } from '../../ledger/state/cursors.ts';
import { readDrills } from '../../ledger/state/drills.ts';
import { readFreshness } from '../../ledger/state/freshness.ts';
import { readHistoryStrictly } from '../../ledger/state/history.ts';
import { layout, readPolicyKey } from '../../ledger/store/layout.ts';
import { listOpen } from '../../ledger/run/request.ts';
import { getListed, isUnreadable, type ObjectError } from '../../ledger/store/object-error.ts';
import { hasSettled } from '../../ledger/run/settled/has-settled.ts';
import type { Store } from '../../ledger/store/store.ts';
import { policyOfRun } from '../../policy/keys/run-id.ts';
import { currentFreshness } from '../freshness/record.ts';
import type { PolicyStatus } from './schemas/policy.ts';
import { type Facts, misnamedFile, statusOf, unreadableView } from './policy-view.ts';
import { problemOf } from './unreadable.ts';

const READS_AT_ONCE = 8;

type Deps = { store: Store; ledger: { bucket: string; prefix: string } };

/**
 * Returns the status of every policy of the bucket at `now` (epoch ms), by name. One that cannot be read says why. With
 * `summaries`, no archive is read where the summary of a policy's phones is lost: then nothing is known of its phones.
 */
export async function policyStatuses(
  deps: Deps,
  now: number,
  { summaries = false }: { summaries?: boolean } = {},
): Promise<PolicyStatus[]> {
  const { store } = deps;
  const limit = pLimit(READS_AT_ONCE);
  const [files, cursors, open] = await Promise.all([
    store.list(layout.policies),
    readCursors(store),
    openRunsByPolicy(store),
  ]);
  const each = files.map(({ key }) =>
    limit(async () => {
      const name = readPolicyKey(key);
      if (name === undefined) return misnamedFile(key.slice(layout.policies.length));
      const [object, past, freshness] = await Promise.all([
        getListed(store, key).catch(asValue),
        readHistoryStrictly(store, name).catch(asValue),
        readFreshness(store, name),
      ]);
      if (object === undefined) return undefined;
      // Without the timer of `schedule` no cursor knows the drill, and a person may have started it.
      const mayDrill =
        cursors[name]?.drill !== undefined ||
        (!isUnreadable(object) && object.body.includes('drill'));
      const drills = mayDrill ? await readDrills(store, name) : undefined;
      const history = isUnreadable(past) ? undefined : past;
      const openRuns = open.get(name) ?? [];
      const runs = { cursor: cursors[name], history, freshness, drills, openRuns };
      const status = isUnreadable(object)
        ? unreadableView(name, runs)
        : summaries
          ? statusOf({ deps, name, object, runs, now })
          : await withPhones({ deps, name, object, runs, now });
      return marked(status, [object, past].filter(isUnreadable));
    }),
  );
  const statuses = (await Promise.all(each)).filter((status) => status !== undefined);
  return statuses.sort((a, b) => (a.policy < b.policy ? -1 : 1));
}

/** For `catch`: returns the error of one object, and throws any other. */
function asValue(error: unknown): ObjectError {
  if (isUnreadable(error)) return error;
  throw error;
}

/** Names the objects that cannot be read. Without its phones and its history nobody knows how fresh a policy's backups are. */
function marked(status: PolicyStatus, errors: ObjectError[]): PolicyStatus {
  if (errors.length === 0) return status;
  const isKnown = status.freshness === 'unscheduled' || status.phones !== null;
  const freshness = isKnown ? status.freshness : 'unknown';
  return { ...status, freshness, unreadable: errors.map(problemOf) };
}

/** Returns the open runs without a report. */
async function openRunsByPolicy(store: Store): Promise<Map<string, string[]>> {
  const limit = pLimit(READS_AT_ONCE);
  const { requests } = await listOpen(store);
  const settled = await Promise.all(
    requests.map(({ runId }) => limit(() => hasSettled(store, runId))),
  );
  const byPolicy = new Map<string, string[]>();
  for (const [index, { runId }] of requests.entries()) {
    const policy = policyOfRun(runId);
    if (policy === undefined || settled[index] === true) continue;
    const runs = byPolicy.get(policy) ?? [];
    runs.push(runId);
    byPolicy.set(policy, runs);
  }
  return byPolicy;
}

/** A policy whose summary is lost does not become stale because of that: its archives are read. */
async function withPhones(facts: Facts & { deps: Deps }): Promise<PolicyStatus> {
  const { deps, name, runs, now } = facts;
  const status = statusOf(facts);
  const hasRun = runs.history !== undefined || status.freshness === 'stale';
  if (runs.freshness !== undefined || !hasRun) return status;
  const freshness = await currentFreshness(deps.store, name, undefined, now);
  return freshness === undefined ? status : statusOf({ ...facts, runs: { ...runs, freshness } });
}
