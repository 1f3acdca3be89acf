import { allAttempts, type Attempt, type PhoneState } from '../../../ledger/run/run-state.ts';
import type { Plan } from '../../../ledger/run/plan.ts';
import { busyUntil } from '../attempt-status.ts';
import { isTouched } from './next-export-step.ts';
import { mayHaveActed } from './next-restore-step.ts';
import { deadlineOf, type RunFacts, type Step } from './next-step.ts';
import { factsOf, stepFunction } from './run-facts.ts';
import type { StoredRun } from '../stored-run.ts';

type Entry = { phone: PhoneState; step: Step };

/**
 * The next steps of a run's phones, kept up to date: only phones that changed, or whose time has come, are decided again. Phones
 * that are done have no step here.
 */
export type Agenda = {
  /** By kind, and in that by phone. */
  steps: ReadonlyMap<Step['kind'], ReadonlyMap<PhoneState, Step>>;
  /** Phones to export, of runs without hooks, of which no call was carried out, by server. */
  fresh: ReadonlyMap<string, ReadonlySet<PhoneState>>;
  /** The other phones to send. */
  retries: ReadonlyMap<PhoneState, Extract<Step, { kind: 'submit' }>>;
  /** Phones of which a job may be running, and until when (epoch ms). */
  busy: ReadonlyMap<PhoneState, number>;
  /** When the last call was about to be sent (epoch ms); 0 for none. */
  lastCallAt: number;
  /** The last exports that ended, oldest first. Times in epoch ms. */
  ended: readonly { at: number; endedAt: number; hasFailed: boolean }[];
};

type Own = {
  phones: ReadonlyMap<string, PhoneState>;
  size: number;
  /** What decides the steps of all phones. */
  facts: RunFacts | undefined;
  factsKey: string;
  decidedAt: number;
  /** No step changes by time alone before this time. */
  changesAt: number;
  kinds: Map<PhoneState, Step['kind']>;
  steps: Map<Step['kind'], Map<PhoneState, Step>>;
  fresh: Map<string, Set<PhoneState>>;
  retries: Map<PhoneState, Extract<Step, { kind: 'submit' }>>;
  busy: Map<PhoneState, number>;
  lastCallAt: number;
  ended: { at: number; endedAt: number; hasFailed: boolean }[];
  known: WeakSet<object>;
};

const MAX_ENDED = 20_000;

const agendas = new WeakMap<object, Own>();

/** Returns the agenda of a run at `now`. */
export function agendaOf(run: StoredRun, now: number): Agenda {
  const facts = factsOf(run);
  const factsKey = keyOf(facts);
  const known = agendas.get(run.state);
  const { phones, changed } = run.state;
  if (known === undefined || !isUsable(known, run, { facts, factsKey, now })) {
    const own = start(phones, facts, factsKey);
    for (const phone of phones.values()) decide(own, phone, now);
    changed.clear();
    own.decidedAt = now;
    agendas.set(run.state, own);
    return own;
  }
  known.facts = facts;
  for (const id of changed) {
    const phone = phones.get(id);
    if (phone !== undefined) decide(known, phone, now);
  }
  changed.clear();
  if (now >= known.changesAt) decideDue(known, now);
  known.decidedAt = now;
  return known;
}

/** Returns whether only phones that changed, or whose time has come, have to be decided again. */
function isUsable(
  known: Own,
  { state: { phones, changed }, plan }: StoredRun,
  { facts, factsKey, now }: Pick<Own, 'facts' | 'factsKey'> & { now: number },
): boolean {
  const isSame =
    known.phones === phones && known.size === phones.size && known.facts?.terms === facts?.terms;
  if (!isSame || known.factsKey !== factsKey || now < known.decidedAt) return false;
  if (plan === undefined || !hasStages(plan)) return true;
  return now === known.decidedAt && changed.size === 0;
}

/** Returns whether phones get several calls: then their steps depend on the time in many ways. */
const hasStages = ({ restore, terms }: Pick<Plan, 'restore' | 'terms'>): boolean =>
  restore !== undefined || terms?.hooks !== undefined;

/** Returns the phones that have a step of these kinds. */
export function stepsOf<Kind extends Step['kind']>(
  run: StoredRun,
  now: number,
  ...kinds: Kind[]
): { phone: PhoneState; step: Extract<Step, { kind: Kind }> }[] {
  const { steps } = agendaOf(run, now);
  const found: Entry[] = [];
  for (const kind of kinds) {
    for (const [phone, step] of steps.get(kind) ?? []) found.push({ phone, step });
  }
  return found as { phone: PhoneState; step: Extract<Step, { kind: Kind }> }[];
}

/** Returns whether every phone has its outcome. */
export function isAllDone(run: StoredRun, now: number): boolean {
  const { steps } = agendaOf(run, now);
  return [...steps.values()].every(({ size }) => size === 0);
}

function start(phones: Own['phones'], facts: RunFacts | undefined, factsKey: string): Own {
  return {
    ...{
      phones,
      size: phones.size,
      facts,
      factsKey,
      decidedAt: 0,
      changesAt: Number.POSITIVE_INFINITY,
    },
    ...{ kinds: new Map(), steps: new Map(), fresh: new Map(), retries: new Map() },
    ...{ busy: new Map(), lastCallAt: 0, ended: [], known: new WeakSet() },
  };
}

/** What decides a step beside the phone, the time and the terms, which stay the same object. */
function keyOf(facts: RunFacts | undefined): string {
  if (facts === undefined) return '';
  const { startedAt, cancelledAt, watchMs, postponed, outageSince } = facts;
  return JSON.stringify([startedAt, cancelledAt, watchMs, postponed?.at, outageSince]);
}

function decide(own: Own, phone: PhoneState, now: number): void {
  forget(own, phone);
  const { facts } = own;
  if (facts === undefined) return;
  for (const attempt of allAttempts(phone)) {
    own.lastCallAt = Math.max(own.lastCallAt, attempt.intentAt);
    noteEnded(own, attempt);
  }
  const step = stepFunction(facts)(phone, facts, now);
  const until = busyUntil(phone, facts.terms.export_timeout);
  // The calls of a restore, and commands, are sent although a job may run. An export never is.
  if (now < until && !(step.kind === 'submit' && step.call !== undefined)) {
    own.busy.set(phone, until);
    own.changesAt = Math.min(own.changesAt, until);
  }
  if (step.kind === 'done') return;
  own.kinds.set(phone, step.kind);
  within(own.steps, step.kind, () => new Map<PhoneState, Step>()).set(phone, step);
  own.changesAt = Math.min(own.changesAt, changeOf(step, facts, now));
  if (step.kind !== 'submit') return;
  if (hasStages(facts) || !isFresh(phone, step)) own.retries.set(phone, step);
  else within(own.fresh, phone.planned.server_id, () => new Set<PhoneState>()).add(phone);
}

/** Notes an export whose job has ended, once. */
function noteEnded({ ended, known }: Own, { call, accepted, ended: event }: Attempt): void {
  const [first] = accepted;
  if (call !== undefined || first === undefined || event === undefined || known.has(event)) return;
  known.add(event);
  ended.push({ at: first.at, endedAt: event.at, hasFailed: event.result === 'failed' });
  if (ended.length > MAX_ENDED) ended.splice(0, MAX_ENDED / 2);
}

function isFresh({ attempts }: PhoneState, step: Extract<Step, { kind: 'submit' }>): boolean {
  return step.attempt === 1 && attempts.get(1)?.postponed === undefined;
}

function forget(own: Own, phone: PhoneState): void {
  own.busy.delete(phone);
  own.retries.delete(phone);
  const kind = own.kinds.get(phone);
  if (kind === undefined) return;
  own.kinds.delete(phone);
  own.steps.get(kind)?.delete(phone);
  const { server_id } = phone.planned;
  const fresh = own.fresh.get(server_id);
  if (fresh?.delete(phone) === true && fresh.size === 0) own.fresh.delete(server_id);
}

/** Decides the phones again whose step, or busy time, depends on the time, and is over. */
function decideDue(own: Own, now: number): void {
  const { facts, steps, busy } = own;
  if (facts === undefined) return;
  const due = new Set<PhoneState>();
  own.changesAt = Number.POSITIVE_INFINITY;
  for (const [phone, until] of busy) {
    if (now >= until) due.add(phone);
    else own.changesAt = Math.min(own.changesAt, until);
  }
  for (const each of steps.values()) {
    for (const [phone, step] of each) {
      const at = changeOf(step, facts, own.decidedAt);
      if (now >= at) due.add(phone);
      else own.changesAt = Math.min(own.changesAt, at);
    }
  }
  for (const phone of due) decide(own, phone, now);
}

/** Returns when a step that was decided at `now` may become another by time alone (epoch ms). */
function changeOf(step: Step, facts: RunFacts, now: number): number {
  const { outageSince, terms } = facts;
  const deadline = deadlineOf(facts);
  const isOutage = outageSince?.jobs !== undefined || outageSince?.archives !== undefined;
  // Look-ups fail: the time after which they are given up depends on much.
  if (isOutage && step.kind !== 'submit' && step.kind !== 'await_state') return now + 1;
  switch (step.kind) {
    case 'poll': {
      const timeout = (step.attempt.accepted[0]?.at ?? 0) + terms.export_timeout;
      const times = [timeout, deadline].filter((at) => at > now);
      return Math.min(...times, Number.POSITIVE_INFINITY);
    }
    case 'submit':
    case 'await_state':
      return deadline > now ? deadline : Number.POSITIVE_INFINITY;
    default:
      return Number.POSITIVE_INFINITY;
  }
}

function within<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = create();
  map.set(key, created);
  return created;
}

/**
 * Returns the phones that a run keeps for itself: no other exports a phone between its restore and its restart, or between the first
 * command of its hooks and the last.
 */
export function keptPhones(run: StoredRun, now: number): PhoneState[] {
  const { plan } = run;
  if (plan === undefined || !hasStages(plan)) return [];
  const isBegun = (phone: PhoneState): boolean =>
    plan.restore === undefined ? isTouched(phone) : [...phone.attempts.values()].some(mayHaveActed);
  return [...agendaOf(run, now).steps.values()].flatMap((each) => [...each.keys()].filter(isBegun));
}
