import { isMissedHint, readMissed } from '../ledger/hints.ts';
import { layout } from '../ledger/layout.ts';
import { tell } from './alarms.ts';
import type { RunDeps } from './deps.ts';
import { composeMessage } from './message.ts';

/** Tells the topic of slots that did not run, once each. When the topic fails, the rest stays for the next drive. */
export async function tellHints(deps: RunDeps, ids: string[]): Promise<void> {
  for (const id of ids.filter(isMissedHint)) {
    let missed;
    try {
      missed = await readMissed(deps.store, id);
    } catch (error) {
      deps.log.error('hint_unreadable', { hint: id, message: String(error).slice(0, 200) });
      continue;
    }
    if (missed === undefined) continue;
    const { policy, first, last, slots, reason } = missed;
    const which = slots === 1 ? `slot ${last}` : `${slots} slots from ${first} to ${last}`;
    const message = composeMessage({ kind: 'missed', policy, reason: `${reason}: ${which}` });
    if (!(await tell(deps, message))) return;
    deps.log.warn('missed', { policy, reason, slots });
    await deps.store.remove([layout.hint(id)]);
  }
}
