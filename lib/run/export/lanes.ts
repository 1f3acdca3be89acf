import { type Call, calls } from '../../ledger/run/events.ts';
import { isCleared } from './archives/earlier-keys.ts';
import {
  allAttempts,
  attemptsAt,
  type PhoneState,
  type RunState,
} from '../../ledger/run/run-state.ts';
import { contentOf } from '../state/checks/commands.ts';
import { pathsOf } from '../state/checks/next-command.ts';
import { hookContent } from '../state/hooks/names.ts';
import type { OpenRun } from '../state/open-run.ts';
import type { Step } from '../state/next-step.ts';
import { phoneSteps } from '../state/phone-steps.ts';
import { isRequested } from '../state/stored-run.ts';
import { postponedUntil } from '../state/postponed.ts';

/** Runs with up to this many ready phones go first. */
const MAX_SMALL_RUN = 50;
/** A large run that had no call for this long gets the next one, whether or not it fills the call. */
export const MAX_WAIT_MS = 60_000;

/** `command`: the name of a command in the log. */
export type Item = { phoneId: string; serverId: string; attempt: number; command?: string };

/** The phones of a run that are ready for one kind of call. */
export type Lane = {
  run: OpenRun;
  call: Call;
  /** The command that its phones run. */
  command?: string;
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
  const ready = new Map<string, Ready>();
  let endsSoon = false;
  let lastCallAt = plan.started_at;
  for (const one of phoneSteps(run, now)) {
    const { phone, step } = one;
    for (const { intentAt } of allAttempts(phone)) lastCallAt = Math.max(lastCallAt, intentAt);
    endsSoon ||= isAboutToEnd(step, now, exportMs);
    if (step.kind !== 'submit' || step.notBefore > now || !isCleared(run, one, now)) continue;
    addReady(ready, run, { phone, step });
  }
  const inOrder = [...ready.values()].sort((a, b) => calls.indexOf(b.call) - calls.indexOf(a.call));
  return inOrder.map(({ call, command, items }) => {
    // One phone may be the reason why CPH could not take a call: the others go first.
    const own = items.sort((a, b) => a.postponedAt - b.postponedAt);
    return {
      ...{ run, call, endsSoon, lastCallAt, ...(command === undefined ? {} : { command }) },
      maxPhones: maxPhonesOf(state),
      maxPerServer: terms.max_in_flight_per_server,
      ready: own.map(({ item }) => item),
      isFirst: isRequested(request) || own.length <= MAX_SMALL_RUN,
    };
  });
}

/** The phones of a run that are ready for the same call. */
type Ready = {
  call: Call;
  command: string | undefined;
  items: { item: Item; postponedAt: number }[];
};

function addReady(
  ready: Map<string, Ready>,
  run: OpenRun,
  { phone, step }: { phone: PhoneState; step: Extract<Step, { kind: 'submit' }> },
): void {
  const { phone_id, server_id } = phone.planned;
  const { attempt, call = 'export', command: name } = step;
  const command = name === undefined ? undefined : commandOf(run, phone, name);
  const item: Item = { phoneId: phone_id, serverId: server_id, attempt };
  if (name !== undefined) item.command = name;
  const postponedAt = attemptsAt(phone, attempt).get(attempt)?.postponed?.at ?? 0;
  const kind = `${call} ${command ?? ''}`;
  const own = ready.get(kind);
  if (own !== undefined) own.items.push({ item, postponedAt });
  else ready.set(kind, { call, command, items: [{ item, postponedAt }] });
}

function commandOf(run: OpenRun, phone: PhoneState, name: string): string {
  const { restore, terms } = run.plan ?? {};
  const known = { runId: run.runId, paths: pathsOf(phone, restore), check: restore?.check };
  const command = hookContent(name, terms?.hooks) ?? contentOf(name, known);
  if (command === undefined) throw new Error(`run ${run.runId} has no command ${name}`);
  return command;
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
