import { isSweepHint, sweepId } from '../../ledger/hints/sweep.ts';
import { layout } from '../../ledger/store/layout.ts';
import {
  type Provisioning,
  readProvisioning,
  writeProvisioning,
} from '../../ledger/state/provisioning.ts';
import type { RunDeps } from '../deps.ts';
import type { StoredRun } from '../state/stored-run.ts';
import { requestFirstBackups } from './request-runs.ts';
import {
  decideFirstBackup,
  isCoveredByAll,
  type OpenFirstBackup,
  HINT_EXPIRES_MS,
} from './decide.ts';
import { lookUp, type IdsToFetch } from './look-up.ts';
import { openFirstBackups } from './open-runs.ts';
import { type PendingHint, readPending } from './pending-hints.ts';
import { findFirstBackupPolicies, type FirstBackupPolicy } from './policies.ts';
import { sweep, type SweepResult } from './sweep.ts';

const MINUTE = 60_000;
/** While the hint of an order waits, sweeps for its phones are more frequent. */
const ORDER_EVERY_MS = MINUTE;
const ORDER_MARGIN_MS = 5 * MINUTE;
const BASELINE_MARGIN_MS = 10 * MINUTE;
const MAX_LOGGED_IDS = 20;
const NOTHING: ReadonlyMap<string, string> = new Map();

/** What one drive keeps in memory of new phones and their hints. */
export type FirstBackups = {
  state: Provisioning | undefined;
  known: Map<string, PendingHint>;
};

export const createFirstBackups = (): FirstBackups => ({ state: undefined, known: new Map() });

/**
 * Works on the hints: fetches their phones, requests the first backups that are due, sweeps for phones without an event, and
 * removes finished hints. Returns how many runs were requested. Safe to kill at any point: a hint is removed only after its
 * run was requested, and that request prevents a second one.
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
  const policies = await findFirstBackupPolicies(deps, state, baseline);
  const sweeps = hintIds.filter(isSweepHint);
  if (policies.length === 0) {
    delete state.sweeping;
    await save(deps, state, before);
    await removeHints(deps, firstBackups, [...hints.map(({ id }) => id), ...sweeps]);
    return 0;
  }

  const open = openFirstBackups(runs, now);
  const phones = await lookUp(deps, idsToFetch(hints, policies, open), until);
  const facts = { phones, policies, open, now: deps.clock.now() };
  const { requests, waits } = decideFirstBackup(hints, facts);
  const requested = await requestFirstBackups(deps, requests, stillHeld);

  const waitsOf = (hint: PendingHint): ReadonlyMap<string, string> => waits.get(hint) ?? NOTHING;
  const orders = hints.filter((hint) => [...waitsOf(hint).values()].includes('order'));
  const swept = isSweepDue(state, sweeps, orders, now)
    ? await sweep(deps, state, { policies, open, expected: namedPhones(hints), baseline, until })
    : undefined;
  await save(deps, state, before);

  const done = new Set(hints.filter((hint) => isResolved(hint, waitsOf(hint), swept)));
  const expired = hints.filter(
    (hint) => !done.has(hint) && now >= hint.droppedAt + HINT_EXPIRES_MS,
  );
  for (const hint of expired) logExpired(deps, hint, waitsOf(hint));
  const finished = [...done, ...expired].map(({ id }) => id);
  await removeHints(deps, firstBackups, [
    ...finished,
    ...sweeps.filter((id) => isSweptFor(state, id)),
  ]);
  return requested;
}

/** Records that first backups of a run's phones were requested. Must be done before the run's request is removed. */
export async function recordFirstBackups(
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

/** A policy that is new while events wait counts phones as new from before the first event. */
function baselineOf(hints: PendingHint[], now: number): number {
  const listed = hints.map(({ lookup, droppedAt }) => Math.min(lookup.at ?? droppedAt, droppedAt));
  const first = listed.reduce((least, time) => Math.min(least, time), now + BASELINE_MARGIN_MS);
  return Math.max(first - BASELINE_MARGIN_MS, now - HINT_EXPIRES_MS);
}

function idsToFetch(
  hints: PendingHint[],
  policies: FirstBackupPolicy[],
  open: OpenFirstBackup[],
): IdsToFetch {
  const ids: IdsToFetch = { phones: new Set(), servers: new Set(), others: new Set() };
  for (const hint of hints) {
    const isOpen = (id: string): boolean => !isCoveredByAll(policies, hint, id, open);
    for (const id of hint.lookup.phones.filter(isOpen)) ids.phones.add(id);
    for (const id of hint.lookup.others.filter(isOpen)) ids.others.add(id);
    for (const id of hint.lookup.servers) ids.servers.add(id);
  }
  return ids;
}

function namedPhones(hints: PendingHint[]): Set<string> {
  const free = hints.filter(({ lookup }) => lookup.policy === undefined);
  return new Set(free.flatMap(({ lookup }) => [...lookup.phones, ...lookup.others]));
}

function isSweepDue(
  state: Provisioning,
  sweeps: string[],
  orders: PendingHint[],
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

/** Returns true when a sweep that began in the hint's 15 minutes or later has ended. */
function isSweptFor({ horizon = 0, sweeping }: Provisioning, id: string): boolean {
  return sweeping === undefined && id <= sweepId(horizon);
}

/** An order is done when a sweep has found phones as new as the order; a requested sweep, when it has ended. */
function isResolved(
  { lookup, droppedAt }: PendingHint,
  waits: ReadonlyMap<string, string>,
  swept?: SweepResult,
): boolean {
  if (waits.size === 0) return true;
  if (swept?.ended !== true || ![...waits.values()].every((reason) => reason === 'order')) {
    return false;
  }
  const orderedAt = Math.min(lookup.at ?? droppedAt, droppedAt);
  return waits.has('') && lookup.change === 'requested'
    ? true
    : (swept.newest ?? 0) >= orderedAt - ORDER_MARGIN_MS;
}

function logExpired(
  deps: Pick<RunDeps, 'log'>,
  hint: PendingHint,
  waits: ReadonlyMap<string, string>,
): void {
  const listed = [...waits]
    .slice(0, MAX_LOGGED_IDS)
    .map(([id, reason]) => `${id || 'order'} ${reason}`);
  deps.log.warn('hint_expired', {
    hint: hint.id,
    unresolved: waits.size,
    waited_for: listed.join(', '),
  });
}

async function save(
  deps: Pick<RunDeps, 'store' | 'clock'>,
  state: Provisioning,
  before: string,
): Promise<void> {
  if (JSON.stringify(state) === before) return;
  await writeProvisioning(deps.store, state, deps.clock.now());
}

async function removeHints(
  deps: Pick<RunDeps, 'store'>,
  { known }: FirstBackups,
  ids: string[],
): Promise<void> {
  if (ids.length === 0) return;
  await deps.store.remove(ids.map(layout.hint));
  for (const id of ids) known.delete(id);
}
