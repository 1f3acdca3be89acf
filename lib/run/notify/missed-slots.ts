import { isMissedHint, type MissedSlots, readMissed } from '../../ledger/hints/missed-slots.ts';
import { recordSkippedSlot } from '../../ledger/state/notified/skipped-slots.ts';
import { layout } from '../../ledger/store/layout.ts';
import { hasSettled } from '../../ledger/run/settled/has-settled.ts';
import { exists } from '../../ledger/store/store.ts';
import type { DriveDeps, RunDeps } from '../deps.ts';
import { removeHandled } from '../state/failures/resting.ts';
import { tryHint } from '../state/failures/try-hint.ts';
import { localeOf } from './locale.ts';
import { publish, recordNotified } from './publish.ts';

type Deps = Pick<
  DriveDeps,
  'clock' | 'until' | 'log' | 'store' | 'topic' | 'topicUrn' | 'unreadable'
>;

/** Publishes slots that did not run, once each. When the topic fails, the other hints wait for the next drive. */
export async function publishMissedSlots(deps: Deps, ids: readonly string[]): Promise<void> {
  let topicFails = false;
  for (const id of ids.filter(isMissedHint)) {
    if (deps.clock.now() >= deps.until) return;
    const isDone = await tryHint(deps, id, async () => {
      const done = await publishMissed(deps, id);
      topicFails = !done;
      return done;
    });
    if (isDone) await removeHandled(deps, [layout.hint(id)]);
    if (topicFails) return;
  }
}

async function publishMissed(deps: Deps, id: string): Promise<boolean> {
  const missed = await readMissed(deps.store, id);
  if (missed === undefined) return true;
  const { policy, last, reason } = missed;
  if (reason === 'overlap' && (await hasRun(deps, missed))) return true;
  const locale = await localeOf(deps.store, policy);
  if (!(await publish(deps, { kind: 'missed', policy, missed }, locale))) return false;
  deps.log.info('notified', { policy, kind: 'missed' });
  if (reason === 'overlap') {
    await recordNotified(deps, { kind: 'missed', policy }, () =>
      recordSkippedSlot(deps.store, policy, last, deps.clock.now()),
    );
  }
  return true;
}

/** Two copies of an event may arrive together: one skips the slot, and the other requests it once the previous run has settled. */
async function hasRun(
  { store }: Pick<RunDeps, 'store'>,
  { policy, last }: MissedSlots,
): Promise<boolean> {
  const runId = `${policy}-${last.toLowerCase()}`;
  return (await exists(store, layout.request(runId))) || hasSettled(store, runId);
}
