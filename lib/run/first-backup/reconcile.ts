import { isSweepHint, sweepId } from '../../ledger/hints/hints.ts';
import { layout } from '../../ledger/store/layout.ts';
import {
  type Provisioning,
  readProvisioning,
  writeProvisioning,
} from '../../ledger/state/provisioning.ts';
import type { RunDeps } from '../deps.ts';
import type { StoredRun } from '../state/stored-run.ts';
import { requestFirstBackups } from './request-runs.ts';
import { decideFirstBackup, isSettledFor, type OpenFirstBackup, WAITS_MS } from './decide.ts';
import { lookUp, type Worth } from './look-up.ts';
import { openFirstBackups } from './open-runs.ts';
import { type Pending, readPending } from './pending-hints.ts';
import { findFirstBackupPolicies, type FirstBackupPolicy } from './policies.ts';
import { sweep, type Swept } from './sweep.ts';

const MINUTE = 60_000;
/** What an order has brought is looked for more often, as long as its hint waits. */
const ORDER_EVERY_MS = MINUTE;
const ORDER_MARGIN_MS = 5 * MINUTE;
const BASELINE_MARGIN_MS = 10 * MINUTE;
const IDS_TOLD = 20;
const NOTHING: ReadonlyMap<string, string> = new Map();

/** What one drive knows of new phones and the hints about them. */
export type FirstBackups = {
  state: Provisioning | undefined;
  known: Map<string, Pending>;
};

export const createFirstBackups = (): FirstBackups => ({ state: undefined, known: new Map() });

/**
 * Follows up on hints: looks at the phones that they name, asks for the first backups that are due, looks for phones that
 * no event told of, and removes the hints that are done. Answers how many runs were asked for. May be stopped anywhere: a
 * hint is removed only after the run that it led to was asked for, and a run that was asked for is what shows that it was.
 */
export async function reconcile(
  deps: RunDeps,
  firstBackups: FirstBackups,
  hintIds: string[],
  options: { runs: StoredRun[]; until: number; stillHeld: () => Promise<boolean> },
): Promise<number> {
  const { runs, until, stillHeld } = options;
  const state = (firstBackups.state ??= await readProvisioning(deps.store));
  const before = JSON.stringify(state);
  const hints = await readPending(deps, hintIds, firstBackups.known);
  const now = deps.clock.now();
  const baseline = baselineOf(hints, now);
  const givers = await findFirstBackupPolicies(deps, state, baseline);
  const sweeps = hintIds.filter(isSweepHint);
  if (givers.length === 0) {
    delete state.sweeping;
    await save(deps, state, before);
    await forget(deps, firstBackups, [...hints.map(({ id }) => id), ...sweeps]);
    return 0;
  }

  const open = openFirstBackups(runs, now);
  const seen = await lookUp(deps, worthLooking(hints, givers, open), until);
  const { asks, waits } = decideFirstBackup(hints, seen, givers, open, deps.clock.now());
  const asked = await requestFirstBackups(deps, asks, stillHeld);

  const waitsOf = (hint: Pending): ReadonlyMap<string, string> => waits.get(hint) ?? NOTHING;
  const orders = hints.filter((hint) => [...waitsOf(hint).values()].includes('order'));
  const deleted = isSweepDue(state, sweeps, orders, now)
    ? await sweep(deps, state, { givers, open, expected: expectedOf(hints), baseline, until })
    : undefined;
  await save(deps, state, before);

  const done = new Set(hints.filter((hint) => isDone(hint, waitsOf(hint), deleted)));
  const late = hints.filter((hint) => !done.has(hint) && now >= hint.droppedAt + WAITS_MS);
  for (const hint of late) tellDropped(deps, hint, waitsOf(hint));
  const over = [...done, ...late].map(({ id }) => id);
  await forget(deps, firstBackups, [...over, ...sweeps.filter((id) => isSweptFor(state, id))]);
  return asked;
}

/** Notes that a run's phones had their first backup asked for. Must have happened before the run's request goes. */
export async function rememberFirstBackup(
  deps: Pick<RunDeps, 'store' | 'clock'>,
  firstBackups: FirstBackups,
  run: StoredRun,
): Promise<void> {
  const { policy, phones = [] } = run.request;
  const state = (firstBackups.state ??= await readProvisioning(deps.store));
  const before = JSON.stringify(state);
  const known = (state.policies[policy] ??= { etag: '', on: false, given: {} });
  for (const id of phones) known.given[id] = Math.max(known.given[id] ?? 0, run.requestedAt);
  await save(deps, state, before);
}

/** A policy that comes into view while events wait counts from before the first of them. */
function baselineOf(hints: Pending[], now: number): number {
  const told = hints.map(({ lookup, droppedAt }) => Math.min(lookup.at ?? droppedAt, droppedAt));
  const first = told.reduce((least, time) => Math.min(least, time), now + BASELINE_MARGIN_MS);
  return Math.max(first - BASELINE_MARGIN_MS, now - WAITS_MS);
}

function worthLooking(
  hints: Pending[],
  givers: FirstBackupPolicy[],
  open: OpenFirstBackup[],
): Worth {
  const worth: Worth = { phones: new Set(), servers: new Set(), others: new Set() };
  for (const hint of hints) {
    const isOpen = (id: string): boolean => !isSettledFor(givers, hint, id, open);
    for (const id of hint.lookup.phones.filter(isOpen)) worth.phones.add(id);
    for (const id of hint.lookup.others.filter(isOpen)) worth.others.add(id);
    for (const id of hint.lookup.servers) worth.servers.add(id);
  }
  return worth;
}

function expectedOf(hints: Pending[]): Set<string> {
  const free = hints.filter(({ lookup }) => lookup.policy === undefined);
  return new Set(free.flatMap(({ lookup }) => [...lookup.phones, ...lookup.others]));
}

function isSweepDue(
  state: Provisioning,
  sweeps: string[],
  orders: Pending[],
  now: number,
): boolean {
  if (state.sweeping !== undefined) return true;
  const since = now - (state.swept_at ?? 0);
  if (orders.some(({ droppedAt }) => droppedAt >= (state.swept_at ?? 0))) return true;
  return (
    sweeps.some((id) => !isSweptFor(state, id) && id <= sweepId(now)) ||
    (orders.length > 0 && since >= ORDER_EVERY_MS)
  );
}

/** True when a sweep that has ended was begun in the hint's quarter of an hour or later. */
function isSweptFor({ horizon = 0, sweeping }: Provisioning, id: string): boolean {
  return sweeping === undefined && id <= sweepId(horizon);
}

/** An order is done with when a sweep has come upon phones that are as young as it; a wish to look, when it was met. */
function isDone(
  { lookup, droppedAt }: Pending,
  waits: ReadonlyMap<string, string>,
  deleted?: Swept,
): boolean {
  if (waits.size === 0) return true;
  if (deleted?.ended !== true || ![...waits.values()].every((reason) => reason === 'order')) {
    return false;
  }
  const orderedAt = Math.min(lookup.at ?? droppedAt, droppedAt);
  return waits.has('') && lookup.change === 'named'
    ? true
    : (deleted.newest ?? 0) >= orderedAt - ORDER_MARGIN_MS;
}

function tellDropped(
  deps: Pick<RunDeps, 'log'>,
  hint: Pending,
  waits: ReadonlyMap<string, string>,
): void {
  const told = [...waits].slice(0, IDS_TOLD).map(([id, reason]) => `${id || 'order'} ${reason}`);
  deps.log.warn('hint_dropped', { hint: hint.id, left: waits.size, waited_for: told.join(', ') });
}

async function save(
  deps: Pick<RunDeps, 'store' | 'clock'>,
  state: Provisioning,
  before: string,
): Promise<void> {
  if (JSON.stringify(state) === before) return;
  await writeProvisioning(deps.store, state, deps.clock.now());
}

async function forget(
  deps: Pick<RunDeps, 'store'>,
  { known }: FirstBackups,
  ids: string[],
): Promise<void> {
  if (ids.length === 0) return;
  await deps.store.remove(ids.map(layout.hint));
  for (const id of ids) known.delete(id);
}
