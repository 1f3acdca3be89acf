import {
  isHeartbeatHint,
  readHeartbeat,
  readNotifiedHeartbeat,
  writeNotifiedHeartbeat,
} from '../../ledger/state/heartbeat.ts';
import { isBroken } from '../../ledger/store/json.ts';
import { layout } from '../../ledger/store/layout.ts';
import { tell } from './credentials-alarm.ts';
import type { RunDeps } from '../deps.ts';
import { composeMessage } from './compose.ts';
import { dailySummary } from './daily-summary.ts';

/** Sends the newest daily message that is due, once; those of days before it are dropped. What fails waits for the next look. */
export async function publishHeartbeat(
  deps: Pick<RunDeps, 'clock' | 'log' | 'store' | 'topic' | 'topicUrn' | 'ledger'>,
  hints: readonly string[],
): Promise<void> {
  const ids = hints.filter(isHeartbeatHint).sort();
  const newest = ids.at(-1);
  if (newest === undefined) return;
  if (await isTold(deps, newest)) await deps.store.remove(ids.map(layout.hint));
}

async function isTold(deps: Parameters<typeof publishHeartbeat>[0], id: string): Promise<boolean> {
  try {
    const due = await readHeartbeat(deps.store, id);
    if (due === undefined) return true;
    const { slot, since, date, language } = due;
    const told = (await readNotifiedHeartbeat(deps.store)) ?? 0;
    if (told >= slot && told <= deps.clock.now()) return true;
    const day = await dailySummary(deps, since, slot);
    const message = composeMessage({ kind: 'heartbeat', reason: date, day, language });
    if (!(await tell(deps, message))) return false;
    await writeNotifiedHeartbeat(deps.store, slot);
    deps.log.info('notified', { kind: 'heartbeat', date });
    return true;
  } catch (error) {
    if (!isBroken(error)) throw error;
    deps.log.error('hint_unreadable', { hint: id, code: error.code, message: error.message });
    return error.code === 'object_invalid';
  }
}
