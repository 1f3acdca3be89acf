import { isSweepHint } from '../../ledger/hints/sweep.ts';
import { recordResets } from '../../ledger/catalogue/resets.ts';
import { layout } from '../../ledger/store/layout.ts';
import { type DriveDeps, type RunDeps, toCandidate } from '../deps.ts';
import { contain } from '../state/contain-failure.ts';
import { removeHandled } from '../state/resting.ts';
import type { StoredRun } from '../state/stored-run.ts';
import { openFirstBackups } from './covered.ts';
import { decideFirstBackup, HINT_EXPIRES_MS } from './decide.ts';
import { idsToFetch, phonesOf } from './hint-phones.ts';
import { lookUp } from './look-up.ts';
import { type PendingHint, readPending } from './pending-hints.ts';
import { findFirstBackupPolicies } from './policies.ts';
import { type FirstBackups, openState } from './state.ts';
import { readServerTags } from './server-tags.ts';
import { requestFirstBackups } from './request-runs.ts';
import { isSweepDue, isSweptFor } from './sweep-due.ts';
import { sweep, type SweepResult } from './sweep.ts';

const MINUTE = 60_000;
const ORDER_MARGIN_MS = 5 * MINUTE;
const BASELINE_MARGIN_MS = 10 * MINUTE;
const MAX_LOGGED_IDS = 20;
const NOTHING: ReadonlyMap<string, string> = new Map();

/**
 * Works on the hints: fetches their phones, requests the first backups that are due, sweeps for phones without an event, and
 * removes finished hints. Returns how many runs were requested. Safe to kill at any point: a hint is removed only after its
 * run was requested, and that request prevents a second one.
 */
export async function reconcile(
  deps: RunDeps & Pick<DriveDeps, 'unreadable'>,
  firstBackups: FirstBackups,
  hintIds: string[],
  options: { runs: StoredRun[]; until: number; stillHeld: () => Promise<boolean> },
): Promise<number> {
  const { runs, until, stillHeld } = options;
  const { state, save } = await openState(deps, firstBackups);
  const hints = await readPending(deps, hintIds, firstBackups.known);
  await contain(deps, { event: 'resets_not_recorded' }, () =>
    recordResets(deps.store, resetsOf(hints)),
  );
  const now = deps.clock.now();
  const baseline = baselineOf(hints, now);
  const found = await findFirstBackupPolicies(deps, state, baseline, firstBackups.files);
  const sweeps = hintIds.filter(isSweepHint);
  if (found.length === 0) {
    delete state.sweeping;
    await save();
    await removeHints(deps, firstBackups, [...hints.map(({ id }) => id), ...sweeps]);
    return 0;
  }

  const open = openFirstBackups(runs, now);
  const phones = await lookUp(deps, idsToFetch(hints, found, open), until);
  const named = hints.flatMap((hint) => [...phonesOf(hint, phones).values()]);
  const shown = named.filter((phone) => phone != null);
  const candidates = shown.map(toCandidate);
  const policies = await readServerTags(deps, found, candidates, until);
  const facts = { phones, policies, open, now: deps.clock.now() };
  const { requests, waits } = decideFirstBackup(hints, facts);
  const created = new Map(shown.map(({ phone_id, created_at }) => [phone_id, created_at]));
  const createdAt = (id: string): number => created.get(id) ?? 0;
  const requested = await requestFirstBackups(deps, requests, stillHeld, createdAt);

  const waitsOf = (hint: PendingHint): ReadonlyMap<string, string> => waits.get(hint) ?? NOTHING;
  const orders = hints.filter((hint) => [...waitsOf(hint).values()].includes('order'));
  let swept: SweepResult | undefined;
  if (isSweepDue(state, sweeps, orders, now)) {
    const options = { policies: found, open, expected: namedPhones(hints), baseline, until };
    await contain(deps, { event: 'sweep_failed' }, async () => {
      swept = await sweep(deps, state, options);
    });
  }
  await save();

  const done = new Set(hints.filter((hint) => isResolved(hint, waitsOf(hint), swept)));
  const expired = hints.filter(
    (hint) => !done.has(hint) && now >= hint.writtenAt + HINT_EXPIRES_MS,
  );
  for (const hint of expired) logExpired(deps, hint, waitsOf(hint));
  const finished = [...done, ...expired].map(({ id }) => id);
  await removeHints(deps, firstBackups, [
    ...finished,
    ...sweeps.filter((id) => isSweptFor(state, id)),
  ]);
  return requested;
}

/** Returns when the phones of the hints were reset, by phone id. */
function resetsOf(hints: PendingHint[]): Map<string, number> {
  const resets = new Map<string, number>();
  for (const { lookup, generation } of hints) {
    for (const id of generation === 0 ? [] : lookup.phones) {
      resets.set(id, Math.max(generation, resets.get(id) ?? 0));
    }
  }
  return resets;
}

/** A policy that is new while events wait counts phones as new from before the first event. */
function baselineOf(hints: PendingHint[], now: number): number {
  const times = hints.map(({ lookup, writtenAt }) => Math.min(lookup.at ?? writtenAt, writtenAt));
  const first = times.reduce((least, time) => Math.min(least, time), now + BASELINE_MARGIN_MS);
  return Math.max(first - BASELINE_MARGIN_MS, now - HINT_EXPIRES_MS);
}

/** Returns the phones that hints for all policies name. */
function namedPhones(hints: PendingHint[]): Set<string> {
  const forAll = hints.filter(({ lookup }) => lookup.policy === undefined);
  return new Set(forAll.flatMap(({ lookup }) => [...lookup.phones, ...lookup.others]));
}

/** An order is done when a sweep has found phones as new as the order; a requested sweep, when it has ended. */
function isResolved(
  { lookup, writtenAt }: PendingHint,
  waits: ReadonlyMap<string, string>,
  swept?: SweepResult,
): boolean {
  if (waits.size === 0) return true;
  if (swept?.ended !== true || ![...waits.values()].every((reason) => reason === 'order')) {
    return false;
  }
  const orderedAt = Math.min(lookup.at ?? writtenAt, writtenAt);
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

async function removeHints(
  deps: Parameters<typeof removeHandled>[0],
  { known }: FirstBackups,
  ids: string[],
): Promise<void> {
  if (ids.length === 0) return;
  await removeHandled(deps, ids.map(layout.hint));
  for (const id of ids) known.delete(id);
}
