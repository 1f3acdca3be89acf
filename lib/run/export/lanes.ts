import { type Call, calls } from '../../ledger/run/events.ts';
import { isCleared } from './archives/earlier-keys.ts';
import type { RunState } from '../../ledger/run/run-state.ts';
import type { OpenRun } from '../state/open-run.ts';
import type { Step } from '../state/next-step.ts';
import { phoneSteps } from '../state/phone-steps.ts';
import { isRequested } from '../state/stored-run.ts';
import { postponedUntil } from '../state/postponed.ts';

/** Runs with up to this many ready phones go first. */
const MAX_SMALL_RUN = 50;
/** A large run that had no call for this long gets the next one, whether or not it fills the call. */
export const MAX_WAIT_MS = 60_000;

export type Item = { phoneId: string; serverId: string; attempt: number };

/** The phones of a run that are ready for one kind of call. */
export type Lane = {
  run: OpenRun;
  call: Call;
  /** Phones per call. Limited after a call that was refused because of one phone. */
  maxPhones: number;
  maxPerServer: number;
  ready: Item[];
  /** Whether an export of the run is likely to end within a minute, and frees a place on its server. */
  endsSoon: boolean;
  isFirst: boolean;
  /** When its last call was sent, or it was planned (epoch ms). */
  lastCallAt: number;
};

/**
 * Returns the lanes in the order in which they get calls: small runs and runs that a person requested first. `exportMs` is the
 * average time of an export. Pure.
 */
export function lanesOf(runs: OpenRun[], now: number, exportMs?: number): Lane[] {
  const lanes = runs.flatMap((run) => lanesOfRun(run, now, exportMs)).sort(byTurn);
  const others = lanes.filter(({ isFirst }) => !isFirst);
  const longest = others[0];
  const isOverdue = others.every(({ lastCallAt }) => now - lastCallAt >= MAX_WAIT_MS);
  if (longest === undefined || !isOverdue) return lanes;
  return [longest, ...lanes.filter((lane) => lane !== longest)];
}

function byTurn(a: Lane, b: Lane): number {
  const byKind = Number(b.isFirst) - Number(a.isFirst);
  const byName = a.run === b.run ? 0 : a.run.runId < b.run.runId ? -1 : 1;
  return byKind || a.lastCallAt - b.lastCallAt || byName;
}

/** Returns no lane for a run that is paused or has no terms. Phones that have to be restarted come first. */
function lanesOfRun(run: OpenRun, now: number, exportMs?: number): Lane[] {
  const { plan, state, request } = run;
  const pausedUntil = Math.max(run.retryAt.step, postponedUntil(state));
  if (plan?.terms === undefined || now < pausedUntil) return [];
  const { terms } = plan;
  const ready = new Map<Call, { item: Item; postponedAt: number }[]>();
  let endsSoon = false;
  let lastCallAt = plan.started_at;
  for (const { phone, step } of phoneSteps(run, now)) {
    for (const { intentAt } of phone.attempts.values()) lastCallAt = Math.max(lastCallAt, intentAt);
    endsSoon ||= isAboutToEnd(step, now, exportMs);
    if (step.kind !== 'submit' || step.notBefore > now || !isCleared(run, phone, now)) continue;
    const { phone_id, server_id } = phone.planned;
    const item = { phoneId: phone_id, serverId: server_id, attempt: step.attempt };
    const { call = 'export' } = step;
    const postponedAt = phone.attempts.get(step.attempt)?.postponed?.at ?? 0;
    const own = ready.get(call);
    if (own === undefined) ready.set(call, [{ item, postponedAt }]);
    else own.push({ item, postponedAt });
  }
  return [...calls].reverse().flatMap((call) => {
    // One phone may be the reason why CPH could not take a call: the others go first.
    const own = ready.get(call)?.sort((a, b) => a.postponedAt - b.postponedAt) ?? [];
    if (own.length === 0) return [];
    return {
      ...{ run, call, endsSoon, lastCallAt },
      maxPhones: maxPhonesOf(state),
      maxPerServer: terms.max_in_flight_per_server,
      ready: own.map(({ item }) => item),
      isFirst: isRequested(request) || own.length <= MAX_SMALL_RUN,
    };
  });
}

function maxPhonesOf({ reduced, acceptedAt }: RunState): number {
  return reduced !== undefined && reduced.at > acceptedAt ? reduced.size : Number.POSITIVE_INFINITY;
}

/** A job that takes more than twice the average may never end. Before the first export ended, any job may end at any time. */
function isAboutToEnd(step: Step, now: number, exportMs: number | undefined): boolean {
  if (step.kind === 'watch') return step.until - now <= MAX_WAIT_MS;
  if (step.kind !== 'poll') return false;
  if (step.overdue !== undefined || exportMs === undefined) return true;
  const age = now - (step.attempt.accepted[0]?.at ?? now);
  return age + MAX_WAIT_MS >= exportMs && age <= 2 * exportMs + MAX_WAIT_MS;
}
