import type { Cursor } from '../../ledger/state/cursors.ts';
import type { Freshness } from '../../ledger/state/freshness.ts';
import type { History, Settled } from '../../ledger/state/history.ts';
import type { StoredObject } from '../../ledger/store/store.ts';
import type { ValidationError } from '../../policy/parse/parse.ts';
import { clip } from '../../policy/parse/validation-error.ts';
import type { Policy } from '../../policy/schema/schema.ts';
import { nextSlot } from '../../policy/slots/slots.ts';
import { activeSince, judge, type Judgement } from '../freshness/judge.ts';
import { parsePolicyText } from '../state/read-policy.ts';
import { drillView } from './drill-view.ts';
import { instantOf } from './schemas/object.ts';
import type { PolicyStatus } from './schemas/policy.ts';

const MAX_ERRORS = 20;

/** What is known of a policy beside its file. */
export type PolicyRuns = {
  cursor: Cursor | undefined;
  history: History | undefined;
  freshness: Freshness | undefined;
  drills: Parameters<typeof drillView>[1]['drills'];
  openRuns: string[];
};

/** A policy's file and all that was read of it. `now` is epoch ms. */
export type Facts = {
  deps: { ledger: { bucket: string; prefix: string } };
  name: string;
  object: StoredObject;
  runs: PolicyRuns;
  now: number;
};

/** Returns what the status of a policy says while its file cannot be read. */
export const unreadableView = (name: string, runs: PolicyRuns): PolicyStatus => ({
  state: 'unreadable',
  on_provisioned: false,
  next_slot: null,
  freshness: 'unknown',
  late_before: null,
  phones: null,
  policy: name,
  ...runsOf(runs),
});

/** Returns the status of a policy from its file and what is known of its runs. */
export function statusOf({ deps, name, object, runs, now }: Facts): PolicyStatus {
  const parsed = parsePolicyText(deps, name, object.body);
  const known = { policy: name, ...runsOf(runs) };
  if (!parsed.ok) return { ...invalidStatus(parsed.errors.map(errorLine)), ...known };

  const { policy } = parsed;
  const { schedule, deadline, objective, on_provisioned, hooks } = policy;
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
    ...drillView(policy, runs, now),
    ...hooksView(hooks),
  };
}

function hooksView(hooks: Policy['hooks']): Pick<PolicyStatus, 'hooks'> {
  if (hooks === undefined) return {};
  const { before = [], after = [] } = hooks;
  return { hooks: { before, after } };
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
export function misnamedFile(file: string): PolicyStatus | undefined {
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
