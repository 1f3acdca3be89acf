import pLimit from 'p-limit';
import { type Cursor, readCursors } from '../../ledger/state/cursors.ts';
import { type Freshness, readFreshness } from '../../ledger/state/freshness.ts';
import { type History, readHistoryStrictly, type Settled } from '../../ledger/state/history.ts';
import { layout, readPolicyKey } from '../../ledger/store/layout.ts';
import { listOpen } from '../../ledger/run/request.ts';
import { getListed, isUnreadable, type ObjectError } from '../../ledger/store/object-error.ts';
import { exists, type Store, type StoredObject } from '../../ledger/store/store.ts';
import { clip } from '../../policy/parse/validation-error.ts';
import type { ValidationError } from '../../policy/parse/parse.ts';
import type { Policy } from '../../policy/schema/schema.ts';
import { nextSlot } from '../../policy/slots/slots.ts';
import { policyOfRun } from '../../policy/keys/run-id.ts';
import { parsePolicyText } from '../state/read-policy.ts';
import { activeSince, judge, type Judgement } from '../freshness/judge.ts';
import { currentFreshness } from '../freshness/record.ts';
import { instantOf, type PolicyStatus } from './schemas.ts';
import { problemOf } from './unreadable.ts';

const READS_AT_ONCE = 8;
const MAX_ERRORS = 20;

type Deps = { store: Store; ledger: { bucket: string; prefix: string } };

/** What is known of a policy beside its file. */
type PolicyRuns = {
  cursor: Cursor | undefined;
  history: History | undefined;
  freshness: Freshness | undefined;
  openRuns: string[];
};

/** Returns the status of every policy of the bucket at `now` (epoch ms), by name. One that cannot be read says why. */
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
      if (name === undefined) return misnamedFile(key.slice(layout.policies.length));
      const [object, past, freshness] = await Promise.all([
        getListed(store, key).catch(asValue),
        readHistoryStrictly(store, name).catch(asValue),
        readFreshness(store, name),
      ]);
      if (object === undefined) return undefined;
      const history = isUnreadable(past) ? undefined : past;
      const openRuns = open.get(name) ?? [];
      const runs = { cursor: cursors[name], history, freshness, openRuns };
      const status = isUnreadable(object)
        ? { ...unreadableStatus, policy: name, ...runsOf(runs) }
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

const unreadableStatus = {
  state: 'unreadable',
  on_provisioned: false,
  next_slot: null,
  freshness: 'unknown',
  late_before: null,
  phones: null,
} as const;

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

type Facts = { deps: Deps; name: string; object: StoredObject; runs: PolicyRuns; now: number };

/** A policy whose summary is lost does not become stale because of that: its archives are read. */
async function withPhones(facts: Facts): Promise<PolicyStatus> {
  const { deps, name, runs, now } = facts;
  const status = statusOf(facts);
  const hasRun = runs.history !== undefined || status.freshness === 'stale';
  if (runs.freshness !== undefined || !hasRun) return status;
  const freshness = await currentFreshness(deps.store, name, undefined, now);
  return freshness === undefined ? status : statusOf({ ...facts, runs: { ...runs, freshness } });
}

function statusOf({ deps, name, object, runs, now }: Facts): PolicyStatus {
  const parsed = parsePolicyText(deps, name, object.body);
  const known = { policy: name, ...runsOf(runs) };
  if (!parsed.ok) return { ...invalidStatus(parsed.errors.map(errorLine)), ...known };

  const { policy } = parsed;
  const { schedule, deadline, objective, on_provisioned } = policy;
  const state = stateOf(policy, now);
  const pausedUntil = policy.paused_until === undefined ? 0 : Date.parse(policy.paused_until);
  const rule = state === 'disabled' ? undefined : schedule;
  const next = rule && nextSlot(rule, Math.max(now, pausedUntil));
  const goodAt = runs.history?.good?.settled_at;
  // Without a cursor the slots count from when the file was written.
  const written = Math.min(object.lastModified, goodAt ?? object.lastModified);
  const since = rule === undefined ? 0 : (activeSince(runs.cursor, rule, now) ?? written);
  const from = Math.max(since, pausedUntil);
  const { freshness } = runs;
  const found = judge({ rule, deadline, objective, from }, { freshness, goodAt }, now);
  return {
    ...known,
    state,
    ...(state === 'paused' ? { paused_until: instantOf(pausedUntil) } : {}),
    ...(schedule === undefined
      ? {}
      : { schedule: { cron: schedule.cron, timezone: schedule.timezone } }),
    on_provisioned,
    next_slot: next === undefined ? null : instantOf(next),
    ...freshnessView(objective, found),
  };
}

function freshnessView(
  { max_age, phones: share }: Policy['objective'],
  { state, limit, phones }: Judgement,
): Pick<PolicyStatus, 'freshness' | 'objective' | 'late_before' | 'phones'> {
  return {
    freshness: state,
    objective: {
      max_age_seconds: max_age === undefined ? null : max_age / 1000,
      phones_percent: share,
    },
    late_before: limit === undefined ? null : instantOf(limit),
    phones: phones ?? null,
  };
}

function stateOf({ enabled, schedule, paused_until }: Policy, now: number): PolicyStatus['state'] {
  if (!enabled) return 'disabled';
  if (schedule === undefined) return 'unscheduled';
  return paused_until !== undefined && Date.parse(paused_until) > now ? 'paused' : 'active';
}

function invalidStatus(
  errors: string[],
): Pick<
  PolicyStatus,
  'state' | 'errors' | 'on_provisioned' | 'next_slot' | 'freshness' | 'late_before' | 'phones'
> {
  return {
    state: 'invalid',
    errors: errors.slice(0, MAX_ERRORS),
    on_provisioned: false,
    next_slot: null,
    freshness: 'unscheduled',
    late_before: null,
    phones: null,
  };
}

function errorLine({ line, column, message }: ValidationError): string {
  return line === undefined ? message : `${line}:${column ?? 1} ${message}`;
}

/** Returns a status for a YAML file that is not read because of its name. */
function misnamedFile(file: string): PolicyStatus | undefined {
  if (file.includes('/') || !/\.ya?ml$/i.test(file)) return undefined;
  const error = 'the file is ignored: its name must be 1 to 32 of a-z, 0-9 and -, then .yaml';
  const runs = { last_run: null, last_good_run: null, open_runs: [] };
  return { policy: clip(file), ...invalidStatus([error]), ...runs };
}

function runsOf({
  history,
  openRuns,
}: PolicyRuns): Pick<PolicyStatus, 'last_run' | 'last_good_run' | 'open_runs'> {
  return {
    last_run: history === undefined ? null : runView(history.last),
    last_good_run: history?.good === undefined ? null : goodRunView(history.good),
    open_runs: openRuns,
  };
}

function runView({ run_id, outcome, settled_at }: Settled): {
  run_id: string;
  outcome: Settled['outcome'];
  settled_at: string;
} {
  return { run_id, outcome, settled_at: instantOf(settled_at) };
}

const goodRunView = ({ run_id, settled_at }: Settled): { run_id: string; settled_at: string } => ({
  run_id,
  settled_at: instantOf(settled_at),
});
