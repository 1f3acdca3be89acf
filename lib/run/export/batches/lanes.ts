import { type Call, calls } from '../../../ledger/run/events.ts';
import type { Limits } from '../../../ledger/state/limits.ts';
import { isCleared } from '../archives/earlier-keys.ts';
import { attemptsAt, type PhoneState, type RunState } from '../../../ledger/run/run-state.ts';
import { contentOf } from '../../state/checks/commands.ts';
import { pathsOf } from '../../state/checks/next-command.ts';
import { hookContent } from '../../state/hooks/names.ts';
import type { OpenRun } from '../../state/open-run.ts';
import type { RestoreTurns } from './restore-turns.ts';
import type { Step } from '../../state/steps/next-step.ts';
import { type Agenda, agendaOf } from '../../state/steps/agenda.ts';
import { maxInFlight } from './courtesy.ts';
import { isRequested } from '../../state/stored-run.ts';
import { postponedUntil } from '../../state/postponed.ts';

/** Runs with up to this many ready phones go first. */
const MAX_SMALL_RUN = 50;
/** A large run that had no call for this long gets the next one, whether or not it fills the call. */
export const MAX_WAIT_MS = 60_000;

/** `command`: the name of a command in the log. */
export type Item = { phoneId: string; serverId: string; attempt: number; command?: string };

/** Phones with a job, the number of jobs per server, the phones that a run keeps for itself, with it, and whose turn it is. */
export type Load = {
  phones: Set<string>;
  perServer: Map<string, number>;
  /** Phones between two calls that hold their place on their server. */
  placed: Set<string>;
  kept: Map<string, OpenRun>;
  turns: RestoreTurns;
};

/** What was learned of exports and servers. */
export type Learned = Partial<Pick<Limits, 'export_ms' | 'in_flight'>>;

/** The phones of a run that are ready for one kind of call, as far as their servers have places. */
export type Lane = {
  run: OpenRun;
  call: Call;
  /** The command that its phones run. */
  command?: string;
  /** Phones per call. Limited after a call that was refused because of one phone. */
  maxPhones: number;
  maxPerServer: number;
  ready: Item[];
  /** The position of the first of them that was not looked at. */
  next: number;
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
export function lanesOf(runs: OpenRun[], load: Load, now: number, learned: Learned = {}): Lane[] {
  const lanes = runs.flatMap((run) => lanesOfRun(run, load, now, learned)).sort(byTurn);
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
function lanesOfRun(run: OpenRun, load: Load, now: number, limits: Learned): Lane[] {
  const { plan, state, request } = run;
  const pausedUntil = Math.max(run.retryAt.step, postponedUntil(state));
  if (plan?.terms === undefined || now < pausedUntil) return [];
  const { terms } = plan;
  const agenda = agendaOf(run, now);
  const submits = agenda.steps.get('submit');
  if (submits === undefined || submits.size === 0) return [];
  const most = maxInFlight(terms, limits);
  const ready = new Map<string, ReadyCall>();
  for (const [phone, step] of readyPhones(run, { load, agenda, submits, most }, now)) {
    if (step.kind === 'submit') addReady(ready, run, { phone, step });
  }
  const endsSoon = [...stepsIn(agenda, 'poll'), ...stepsIn(agenda, 'watch')].some((step) =>
    isAboutToEnd(step, now, limits.export_ms),
  );
  const lastCallAt = Math.max(plan.started_at, agenda.lastCallAt);
  const inOrder = [...ready.values()].sort((a, b) => calls.indexOf(b.call) - calls.indexOf(a.call));
  return inOrder.map(({ phones, ...call }) => {
    const own = phones.sort(byNeed);
    return {
      ...{ run, ...call, endsSoon, lastCallAt, next: 0 },
      maxPhones: maxPhonesOf(state),
      maxPerServer: most,
      ready: own.map(({ item }) => item),
      isFirst: isRequested(request) || submits.size <= MAX_SMALL_RUN,
    };
  });
}

type Ready = { phone: PhoneState; item: Item; postponedAt: number };

/** The phones of a run that are ready for the same call. */
type ReadyCall = { call: Call; command?: string; phones: Ready[] };

function addReady(
  ready: Map<string, ReadyCall>,
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
  const own = ready.get(kind) ?? {
    call,
    ...(command === undefined ? {} : { command }),
    phones: [],
  };
  own.phones.push({ phone, item, postponedAt });
  ready.set(kind, own);
}

function commandOf(run: OpenRun, phone: PhoneState, name: string): string {
  const { restore, terms } = run.plan ?? {};
  const known = { runId: run.runId, paths: pathsOf(phone, restore), check: restore?.check };
  const command = hookContent(name, terms?.hooks) ?? contentOf(name, known);
  if (command === undefined) throw new Error(`run ${run.runId} has no command ${name}`);
  return command;
}

/** One phone may be the reason why CPH could not take a call: the others go first. */
function byNeed(a: Ready, b: Ready): number {
  return a.postponedAt - b.postponedAt || a.phone.position - b.phone.position;
}

const stepsIn = ({ steps }: Agenda, kind: Step['kind']): Iterable<Step> =>
  steps.get(kind)?.values() ?? [];

/** Yields the phones that may be sent now: of those that were never sent, as many as their servers have places. */
function* readyPhones(
  run: OpenRun,
  of: { load: Load; agenda: Agenda; submits: ReadonlyMap<PhoneState, Step>; most: number },
  now: number,
): Iterable<[PhoneState, Step]> {
  const { load, agenda, submits, most } = of;
  const isFree = ({ planned: { phone_id } }: PhoneState): boolean =>
    !load.phones.has(phone_id) &&
    (load.kept.get(phone_id) ?? run) === run &&
    load.turns.mayWork(run, phone_id);
  for (const [server, phones] of agenda.fresh) {
    const places = most - (load.perServer.get(server) ?? 0);
    if (places <= 0) continue;
    const free = [...phones].filter(isFree).sort((a, b) => a.position - b.position);
    for (const phone of free.slice(0, places)) {
      const step = submits.get(phone);
      if (step !== undefined) yield [phone, step];
    }
  }
  for (const [phone, step] of agenda.retries) {
    if (step.notBefore <= now && isCleared(run, { phone, step }, now)) yield [phone, step];
  }
}

/** Returns how many phones a call of the run may hold, after one that was refused because of one phone. */
export function maxPhonesOf({ reduced, acceptedAt }: RunState): number {
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
