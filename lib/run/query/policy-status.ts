import pLimit from 'p-limit';
import { type Cursor, readCursors } from '../../ledger/state/cursors.ts';
import { type History, readHistory, type Settled } from '../../ledger/state/history.ts';
import { layout, readPolicyKey } from '../../ledger/store/layout.ts';
import { listOpen } from '../../ledger/run/request.ts';
import { exists, type Store, type StoredObject } from '../../ledger/store/store.ts';
import { clip } from '../../policy/parse/validation-error.ts';
import type { ValidationError } from '../../policy/parse/parse.ts';
import type { Policy } from '../../policy/schema/schema.ts';
import { nextSlot } from '../../policy/slots/slots.ts';
import { policyOfRun } from '../../policy/keys/run-id.ts';
import { parsePolicyText } from '../state/read-policy.ts';
import { activeSince, freshnessOf } from './freshness.ts';
import { instantOf, type PolicyStatus } from './schemas.ts';

const READS_AT_ONCE = 8;
const MAX_ERRORS = 20;

type Deps = { store: Store; ledger: { bucket: string; prefix: string } };

/** What is known of a policy besides its file. */
type Past = { cursor: Cursor | undefined; history: History | undefined; openRuns: string[] };

/** How every policy of the bucket stands at `now` (epoch ms), by name: its file, its next slot, its last runs. */
export async function policyStatuses(deps: Deps, now: number): Promise<PolicyStatus[]> {
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
      if (name === undefined) return misnamed(key.slice(layout.policies.length));
      const [object, history] = await Promise.all([store.get(key), readHistory(store, name)]);
      if (object === undefined) return undefined;
      const past = { cursor: cursors[name], history, openRuns: open.get(name) ?? [] };
      return statusOf(deps, name, object, past, now);
    }),
  );
  const statuses = (await Promise.all(each)).filter((status) => status !== undefined);
  return statuses.sort((a, b) => (a.policy < b.policy ? -1 : 1));
}

/** Open runs that have no report yet. */
async function openRunsByPolicy(store: Store): Promise<Map<string, string[]>> {
  const limit = pLimit(READS_AT_ONCE);
  const { requests } = await listOpen(store);
  const settled = await Promise.all(
    requests.map(({ runId }) => limit(() => exists(store, layout.report(runId)))),
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

function statusOf(
  deps: Deps,
  name: string,
  { body: text, lastModified }: StoredObject,
  past: Past,
  now: number,
): PolicyStatus {
  const parsed = parsePolicyText(deps, name, text);
  const known = { policy: name, ...runsOf(past) };
  if (!parsed.ok) return { ...invalid(parsed.errors.map(tell)), ...known };

  const { policy } = parsed;
  const { schedule, deadline, on_provisioned } = policy;
  const state = stateOf(policy, now);
  const pausedUntil = policy.paused_until === undefined ? 0 : Date.parse(policy.paused_until);
  const rule = state === 'disabled' ? undefined : schedule;
  const next = rule && nextSlot(rule, Math.max(now, pausedUntil));
  const goodAt = past.history?.good?.settled_at;
  // Where no schedule has looked yet, or its notes are lost, the file tells since when there was something to do.
  const begun = Math.min(lastModified, goodAt ?? lastModified);
  const since = rule === undefined ? 0 : (activeSince(past.cursor, rule, now) ?? begun);
  const from = Math.max(since, pausedUntil);
  return {
    ...known,
    state,
    ...(state === 'paused' ? { paused_until: instantOf(pausedUntil) } : {}),
    ...(schedule === undefined
      ? {}
      : { schedule: { cron: schedule.cron, timezone: schedule.timezone } }),
    on_provisioned,
    next_slot: next === undefined ? null : instantOf(next),
    freshness: freshnessOf({ rule, deadline, from, goodAt }, now),
  };
}

function stateOf({ enabled, schedule, paused_until }: Policy, now: number): PolicyStatus['state'] {
  if (!enabled) return 'disabled';
  if (schedule === undefined) return 'unscheduled';
  return paused_until !== undefined && Date.parse(paused_until) > now ? 'paused' : 'active';
}

function invalid(
  faults: string[],
): Pick<PolicyStatus, 'state' | 'faults' | 'on_provisioned' | 'next_slot' | 'freshness'> {
  const told = faults.slice(0, MAX_ERRORS);
  const still = { on_provisioned: false, next_slot: null, freshness: 'unscheduled' } as const;
  return { state: 'invalid', faults: told, ...still };
}

function tell({ line, column, message }: ValidationError): string {
  return line === undefined ? message : `${line}:${column ?? 1} ${message}`;
}

/** A file that nothing reads because of its name, though someone means it to be a policy. */
function misnamed(file: string): PolicyStatus | undefined {
  if (file.includes('/') || !/\.ya?ml$/i.test(file)) return undefined;
  const fault = 'the file is not read: its name must be 1 to 32 of a-z, 0-9 and -, then .yaml';
  const runs = { last_run: null, last_good_run: null, open_runs: [] };
  return { policy: clip(file), ...invalid([fault]), ...runs };
}

function runsOf({
  history,
  openRuns,
}: Past): Pick<PolicyStatus, 'last_run' | 'last_good_run' | 'open_runs'> {
  return {
    last_run: history === undefined ? null : settled(history.last),
    last_good_run: history?.good === undefined ? null : goodRun(history.good),
    open_runs: openRuns,
  };
}

function settled({ run_id, outcome, settled_at }: Settled): {
  run_id: string;
  outcome: Settled['outcome'];
  settled_at: string;
} {
  return { run_id, outcome, settled_at: instantOf(settled_at) };
}

const goodRun = ({ run_id, settled_at }: Settled): { run_id: string; settled_at: string } => ({
  run_id,
  settled_at: instantOf(settled_at),
});
