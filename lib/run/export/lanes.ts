import type { OpenRun } from '../state/open-run.ts';
import { phoneSteps } from '../state/phone-steps.ts';

/** Runs with up to this many ready phones go first. */
const SMALL_RUN = 50;
/** After so long without a call a large run gets the next one. */
const MAX_WAIT_MS = 60_000;

export type Item = { phoneId: string; serverId: string; attempt: number };

/** A run with phones that are ready to be sent. */
export type Lane = {
  run: OpenRun;
  /** Phones a call, after one that was refused for a single phone. */
  maxPhones: number;
  maxPerServer: number;
  ready: Item[];
  /** True while exports of the run are under way. */
  isActive: boolean;
  isFirst: boolean;
  /** When it last had a call, or was planned (epoch ms). */
  servedAt: number;
};

/** Returns the lanes in the order of their turn: small runs and those that a person requested first. Pure. */
export function lanesOf(runs: OpenRun[], now: number): Lane[] {
  const lanes = runs
    .map((run) => laneOf(run, now))
    .filter((lane) => lane !== undefined)
    .filter(({ ready }) => ready.length > 0)
    .sort(byTurn);
  const others = lanes.filter(({ isFirst }) => !isFirst);
  const longest = others[0];
  const isOverdue = others.every(({ servedAt }) => now - servedAt >= MAX_WAIT_MS);
  if (longest === undefined || !isOverdue) return lanes;
  return [longest, ...lanes.filter((lane) => lane !== longest)];
}

function byTurn(a: Lane, b: Lane): number {
  const byKind = Number(b.isFirst) - Number(a.isFirst);
  return byKind || a.servedAt - b.servedAt || (a.run.runId < b.run.runId ? -1 : 1);
}

/** Undefined for a run that is paused or has no terms. */
function laneOf(run: OpenRun, now: number): Lane | undefined {
  const { plan, state, request } = run;
  if (plan?.terms === undefined || now < run.retryAt.step) return undefined;
  const ready: Item[] = [];
  let isActive = false;
  let servedAt = plan.started_at;
  for (const { phone, step } of phoneSteps(run, now)) {
    for (const { intentAt } of phone.attempts.values()) servedAt = Math.max(servedAt, intentAt);
    if (step.kind === 'follow' || step.kind === 'watch') isActive = true;
    if (step.kind !== 'submit' || step.notBefore > now) continue;
    const { phone_id, server_id } = phone.planned;
    ready.push({ phoneId: phone_id, serverId: server_id, attempt: step.attempt });
  }
  const { cut, acceptedAt } = state;
  const isRequested = request.trigger === 'manual' || request.trigger === 'http';
  return {
    run,
    maxPhones: cut !== undefined && cut.at > acceptedAt ? cut.size : Number.POSITIVE_INFINITY,
    maxPerServer: plan.terms.max_in_flight_per_server,
    ready,
    isActive,
    isFirst: isRequested || ready.length <= SMALL_RUN,
    servedAt,
  };
}
