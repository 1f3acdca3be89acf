import { LeaseLost, PhonevaultError, TimeUp } from '../../errors.ts';
import type { Inbox } from '../../ledger/run/request.ts';
import { lastPruneStep } from '../../ledger/retention/prune.ts';
import { type Pruned, readRetention } from '../../ledger/retention/state.ts';
import { ifReadable, isUnreadable } from '../../ledger/store/object-error.ts';
import { layout } from '../../ledger/store/layout.ts';
import type { DriveDeps } from '../deps.ts';
import { closePrune } from '../notify/prune.ts';
import { prunePolicy, type PruneResult } from '../retention/prune.ts';
import { recountArchives } from '../totals/record.ts';
import { containFailure } from '../state/failures/contain-failure.ts';
import { removeHandled } from '../state/failures/resting.ts';
import { stopsDrive } from '../state/failures/stops-drive.ts';
import type { Work } from './work.ts';

/** Deleting is split, so that other work continues. */
const SLICE_MS = 10_000;
const PAUSE_MS = 20_000;
const GIVE_UP_AFTER_MS = 30 * 60_000;

/** Takes up the requests that the inbox shows. One that is gone from it is dropped. */
export function takePrunes(deps: DriveDeps, work: Work, prunes: Inbox['prunes']): void {
  const { objects } = deps.unreadable;
  const listed = new Map(prunes.map(({ policy, requestedAt }) => [policy, requestedAt]));
  for (const policy of work.prunes.keys()) if (!listed.has(policy)) work.prunes.delete(policy);
  for (const [policy, requestedAt] of listed) {
    // LIST may still show a request that was removed.
    if (work.pruned.get(policy) === requestedAt || work.prunes.has(policy)) continue;
    // It could not be deleted when it was handled.
    const { handled, tried_at = 0 } = objects.get(layout.pruneRequest(policy)) ?? {};
    if (handled === true && requestedAt <= tried_at) continue;
    work.prunes.set(policy, { requestedAt, retryAt: 0, steps: undefined });
  }
}

/** Applies the retention rules of the policies for which that was requested, for some seconds in turn. */
export async function pruneDue(deps: DriveDeps, work: Work): Promise<void> {
  const { clock } = deps;
  // A run or a restore that is not read yet may need an archive.
  if (work.unread.size > 0) return;
  const until = Math.min(deps.until, clock.now() + SLICE_MS);
  for (const [policy, open] of [...work.prunes]) {
    if (clock.now() >= until) return;
    if (clock.now() < open.retryAt) continue;
    await containFailure(deps, () => pruneUntil(deps, work, policy, until));
  }
}

/** Returns when the next step is due (epoch ms); undefined when nothing is open. */
export function nextPruneAt({ prunes }: Pick<Work, 'prunes'>): number | undefined {
  if (prunes.size === 0) return undefined;
  return Math.min(...[...prunes.values()].map(({ retryAt }) => retryAt));
}

async function pruneUntil(
  deps: DriveDeps,
  work: Work,
  policy: string,
  until: number,
): Promise<void> {
  const open = work.prunes.get(policy);
  if (open === undefined) return;
  open.steps ??= prunePolicy(deps, policy);
  try {
    while (deps.clock.now() < until) {
      const { done, value } = await open.steps.next();
      if (done !== true) continue;
      await close(deps, work, { policy, ...value });
      return;
    }
    await giveUpEndless(deps, work, policy, open.requestedAt);
  } catch (error) {
    open.steps = undefined;
    if (error instanceof TimeUp || error instanceof LeaseLost) throw error;
    if (!(error instanceof PhonevaultError) || stopsDrive(error)) throw error;
    const now = deps.clock.now();
    open.retryAt = now + PAUSE_MS;
    if (!(await isStuck(deps, policy, open.requestedAt))) throw error;
    await close(deps, work, { policy, pruned: failed(error, now) });
  }
}

/** Ends what every drive begins anew and none can finish: a policy with too many archives to judge a part of its phones in the time of one drive. */
async function giveUpEndless(
  deps: DriveDeps,
  work: Work,
  policy: string,
  requestedAt: number,
): Promise<void> {
  const now = deps.clock.now();
  if (now < deps.until || !(await isStuck(deps, policy, requestedAt))) return;
  const what = `policy ${policy} has too many archives: no drive could judge a part of them in its time`;
  await close(deps, work, { policy, pruned: failed(new PhonevaultError('time_up', what), now) });
}

/** Returns whether nothing came of a request for half an hour. */
async function isStuck(deps: DriveDeps, policy: string, requestedAt: number): Promise<boolean> {
  const long = deps.clock.now() - GIVE_UP_AFTER_MS;
  return requestedAt <= long && (await lastPruneStep(deps.store, policy)) <= long;
}

function failed(error: PhonevaultError, at: number): Pruned {
  return {
    ...{ at, blocked: isUnreadable(error) ? 'unreadable' : 'failed' },
    message: error.message.slice(0, 300),
    ...{ standing: 0, due: 0, deleted: 0, bytes: 0, trashed: 0, refused: 0, refusals: [] },
    ...{ missing: 0, missing_keys: [] },
  };
}

async function close(
  deps: DriveDeps,
  work: Work,
  result: Pick<PruneResult, 'pruned'> & Partial<PruneResult> & { policy: string },
): Promise<void> {
  const { policy, pruned, own } = result;
  const state = own?.state ?? (await readRetention(deps.store, policy)) ?? {};
  const isKnown = pruned.blocked !== 'policy_gone' && pruned.blocked !== 'policy_invalid';
  const terms = isKnown ? own?.terms : undefined;
  const includes =
    terms === undefined
      ? state.includes
      : { digest: terms.includes, since: terms.includesSince ?? terms.now };
  await closePrune(deps, policy, { ...state, ...(includes && { includes }), last: pruned });
  const { blocked, deleted, trashed, refused, missing } = pruned;
  await ifReadable(recountArchives(deps, policy));
  deps.log.info('pruned', { policy, blocked, deleted, trashed, refused, missing });
  const open = work.prunes.get(policy);
  if (open !== undefined) work.pruned.set(policy, open.requestedAt);
  work.prunes.delete(policy);
  await removeHandled(deps, [
    layout.pruneIntent(policy),
    layout.pruneProgress(policy),
    layout.pruneRequest(policy),
  ]);
}
