import { PhonevaultError } from '../../errors.ts';
import { isMissedHint, type Missed, readMissed } from '../../ledger/hints/hints.ts';
import { layout } from '../../ledger/store/layout.ts';
import { noteSkipped } from '../../ledger/state/skipped-slots.ts';
import { exists } from '../../ledger/store/store.ts';
import { tell } from './credentials-alarm.ts';
import type { RunDeps } from '../deps.ts';
import { composeMessage } from './compose.ts';

/** Tells the topic of slots that did not run, once each. When the topic fails, the rest waits for the next look. */
export async function publishMissedSlots(deps: RunDeps, ids: string[]): Promise<void> {
  for (const id of ids.filter(isMissedHint)) {
    const missed = await read(deps, id);
    if (missed === undefined) continue;
    const { policy, first, last, slots, reason } = missed;
    if (reason === 'overlap' && (await hasRun(deps, missed))) {
      await deps.store.remove([layout.hint(id)]);
      continue;
    }
    const which = slots === 1 ? `slot ${last}` : `${slots} slots from ${first} to ${last}`;
    const told = slots === 0 ? `${reason}: since ${first}` : `${reason}: ${which}`;
    if (!(await tell(deps, composeMessage({ kind: 'missed', policy, reason: told })))) return;
    deps.log.info('notified', { policy, kind: 'missed' });
    if (reason === 'overlap') await noteSkipped(deps.store, policy, last, deps.clock.now());
    await deps.store.remove([layout.hint(id)]);
  }
}

/** Of two deliveries of one event at the same moment, the other may have seen the run before settled and have asked for this one. */
async function hasRun(
  { store }: Pick<RunDeps, 'store'>,
  { policy, last }: Missed,
): Promise<boolean> {
  const runId = `${policy}-${last.toLowerCase()}`;
  return (await exists(store, layout.request(runId))) || exists(store, layout.report(runId));
}

async function read(deps: RunDeps, id: string): Promise<Missed | undefined> {
  try {
    return await readMissed(deps.store, id);
  } catch (error) {
    const code = error instanceof PhonevaultError ? error.code : 'unknown';
    deps.log.error('hint_unreadable', { hint: id, code, message: String(error).slice(0, 200) });
    return undefined;
  }
}
