import { recordResets } from '../../ledger/catalogue/rebuild/resets.ts';
import { isLookupHint } from '../../ledger/hints/lookup.ts';
import { isSweepHint } from '../../ledger/hints/sweep.ts';
import { layout } from '../../ledger/store/layout.ts';
import { type DriveDeps, type RunDeps, toCandidate } from '../deps.ts';
import { contain } from '../state/failures/contain-failure.ts';
import { removeHandled } from '../state/failures/resting.ts';
import type { StoredRun } from '../state/stored-run.ts';
import { type OpenFirstBackup, openFirstBackups } from './covered.ts';
import { decideFirstBackup } from './decide.ts';
import { idsToFetch, phonesOf } from './hints/hint-phones.ts';
import { type FetchedPhones, lookUp } from './hints/look-up.ts';
import {
  isResolved,
  isSameWait,
  nextLookAt,
  stillExpected,
  waitingFor,
  type Waits,
} from './hints/pauses.ts';
import { type PendingHint, readPending } from './hints/pending-hints.ts';
import { reportUnready } from './hints/report-unready.ts';
import { baselineOf, namedPhones, resetsOf } from './hints/summarize.ts';
import { isQuiet, knownPolicies, quietUntil } from './is-quiet.ts';
import { findFirstBackupPolicies } from './policies.ts';
import { requestFirstBackups } from './request-runs.ts';
import { readServerTags } from './server-tags.ts';
import { type FirstBackups, openState } from './state.ts';
import { isSweepDue, isSweptFor } from './sweep-due.ts';
import { sweep, type SweepResult } from './sweep.ts';

const MAX_LOGGED_IDS = 20;
const NOTHING: Waits = new Map();

type Options = { runs: StoredRun[]; until: number; stillHeld: () => Promise<boolean> };
type Deps = RunDeps & Pick<DriveDeps, 'unreadable'>;

/**
 * Works on the hints: fetches their phones, requests the first backups that are due, sweeps for phones without an event, and
 * removes finished hints. Returns how many runs were requested. Waiting hints are looked at with growing pauses, and policies
 * are read only when a phone may be due. Safe to kill at any point: a hint is removed only after its run was requested, and that
 * request prevents a second one.
 */
export async function reconcile(
  deps: Deps,
  firstBackups: FirstBackups,
  hintIds: string[],
  options: Options,
): Promise<number> {
  const { runs, until } = options;
  const { state, save } = await openState(deps, firstBackups);
  const ids = hintIds.filter(isLookupHint);
  const sweeps = hintIds.filter(isSweepHint);
  const isSame = isSameWait(state, ids);
  const isSweeping = isSweepDue(state, sweeps, [], deps.clock.now());
  if (isSame && !isSweeping && deps.clock.now() < (state.waiting?.next_at ?? 0)) return 0;

  const hints = await readPending(deps, hintIds, firstBackups.known);
  await contain(deps, { event: 'resets_not_recorded' }, () =>
    recordResets(deps.store, resetsOf(hints)),
  );
  const open = openFirstBackups(runs, deps.clock.now());
  let phones: FetchedPhones | undefined;
  if (isSame && !isSweeping) {
    const policies = knownPolicies(state);
    phones = await lookUp(deps, idsToFetch(hints, policies, open), until);
    const now = deps.clock.now();
    if (isQuiet(hints, phones, { policies, open, now })) {
      state.waiting = waitingFor(ids, hints, { next: quietUntil(hints, now), now });
      await save();
      return 0;
    }
  }
  return decideAndSweep(deps, firstBackups, { ids, sweeps, hints, open, phones }, options);
}

/** What a pass found: the hints of the inbox, and their phones if they are looked up already. */
type Pass = {
  ids: string[];
  sweeps: string[];
  hints: PendingHint[];
  open: OpenFirstBackup[];
  phones: FetchedPhones | undefined;
};

async function decideAndSweep(
  deps: Deps,
  firstBackups: FirstBackups,
  pass: Pass,
  { until, stillHeld }: Options,
): Promise<number> {
  const { ids, sweeps, hints, open } = pass;
  const { state, save } = await openState(deps, firstBackups);
  const now = deps.clock.now();
  const baseline = baselineOf(hints, now);
  const found = await findFirstBackupPolicies(deps, state, baseline, firstBackups.files);
  if (found.length === 0) {
    delete state.sweeping;
    delete state.waiting;
    await save();
    await removeHints(deps, firstBackups, [...hints.map(({ id }) => id), ...sweeps]);
    return 0;
  }

  const phones = pass.phones ?? (await lookUp(deps, idsToFetch(hints, found, open), until));
  const named = hints.flatMap((hint) => [...phonesOf(hint, phones).values()]);
  const shown = named.filter((phone) => phone != null);
  const candidates = shown.map(toCandidate);
  const since = Math.max(0, ...shown.map(({ created_at = 0 }) => created_at));
  const policies = await readServerTags(deps, found, candidates, { until, since });
  const facts = { phones, policies, open, now: deps.clock.now() };
  const { requests, waits, unready, windowEndsAt } = decideFirstBackup(hints, facts);
  const created = new Map(shown.map(({ phone_id, created_at }) => [phone_id, created_at]));
  const createdAt = (id: string): number => created.get(id) ?? 0;
  const requested = await requestFirstBackups(deps, requests, stillHeld, createdAt);

  const waitsOf = (hint: PendingHint): Waits => waits.get(hint) ?? NOTHING;
  const orders = hints.filter((hint) => [...waitsOf(hint).values()].includes('order'));
  const swept: { result?: SweepResult } = {};
  if (isSweepDue(state, sweeps, orders, now)) {
    const options = { policies: found, open, expected: namedPhones(hints), baseline, until };
    await contain(deps, { event: 'sweep_failed' }, async () => {
      swept.result = await sweep(deps, state, options);
    });
  }

  const done = new Set(hints.filter((hint) => isResolved(hint, waitsOf(hint), swept.result)));
  const waiting = new Map(
    hints
      .filter((hint) => !done.has(hint))
      .map((hint) => [hint, stillExpected(hint, waitsOf(hint), now)] as const)
      .filter(([, expected]) => expected.size > 0),
  );
  const expired = new Set(hints.filter((hint) => !done.has(hint) && !waiting.has(hint)));
  for (const hint of expired) logExpired(deps, hint, waitsOf(hint));
  await reportUnready(deps, expired, unready);
  const left = ids.filter((id) => ![...done, ...expired].some((hint) => hint.id === id));
  if (left.length === 0) delete state.waiting;
  else {
    const next = nextLookAt(waiting, windowEndsAt, now);
    state.waiting = waitingFor(left, hints, { next, now });
  }
  await save();
  await removeHints(deps, firstBackups, [
    ...[...done, ...expired].map(({ id }) => id),
    ...sweeps.filter((id) => isSweptFor(state, id)),
  ]);
  return requested;
}

function logExpired(deps: Pick<RunDeps, 'log'>, hint: PendingHint, waits: Waits): void {
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
