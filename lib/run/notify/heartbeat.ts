import { hasCode } from '../../errors.ts';
import { isHeartbeatHint, readHeartbeat } from '../../ledger/hints/heartbeat.ts';
import {
  readNotifiedHeartbeat,
  writeNotifiedHeartbeat,
} from '../../ledger/state/notified/notified.ts';
import { layout } from '../../ledger/store/layout.ts';
import { unwritableObject } from '../../ledger/store/object-error.ts';
import type { DriveDeps } from '../deps.ts';
import {
  needsNoticeNow,
  noteUnreadable,
  noteUsable,
  removeHandled,
} from '../state/failures/resting.ts';
import { tryHint } from '../state/failures/try-hint.ts';
import { dailySummary } from './daily-summary.ts';
import { publish, recordNotified } from './publish.ts';

type Deps = Pick<
  DriveDeps,
  'clock' | 'log' | 'store' | 'topic' | 'topicUrn' | 'ledger' | 'unreadable'
>;

/** Publishes the newest daily message that is due, once, and drops those of earlier days. A failed one is published by a later drive. */
export async function publishHeartbeat(deps: Deps, hints: readonly string[]): Promise<void> {
  const ids = hints.filter(isHeartbeatHint).sort();
  const newest = ids.at(-1);
  if (newest === undefined) return;
  if (await tryHint(deps, newest, () => publishDay(deps, newest))) {
    await removeHandled(deps, ids.map(layout.hint));
  }
}

async function publishDay(deps: Deps, id: string): Promise<boolean> {
  const due = await readHeartbeat(deps.store, id);
  if (due === undefined) return true;
  const { slot, since, date, language, timezone } = due;
  const isSince = (at: number): boolean => at >= slot && at <= deps.clock.now();
  if (isSince((await readNotifiedHeartbeat(deps.store)) ?? 0)) return true;
  // Where its record cannot be written, the register says when it was sent.
  if (!isSince(deps.unreadable.objects.get(layout.heartbeat)?.tried_at ?? 0)) {
    const day = await dailySummary(deps, since, slot);
    const locale = { language, timezone };
    if (!(await publish(deps, { kind: 'heartbeat', date, day }, locale))) return false;
    deps.log.info('notified', { kind: 'heartbeat', date });
  }
  await recordSent(deps, slot);
  return true;
}

/** Records that the message of a slot was sent. People are notified of a record that cannot be written. */
async function recordSent(deps: Deps, slot: number): Promise<void> {
  const write = () => writeNotifiedHeartbeat(deps.store, slot);
  const failed = await recordNotified(deps, { kind: 'heartbeat' }, write);
  const key = layout.heartbeat;
  if (failed === undefined) {
    noteUsable(deps, (other) => other === key);
    return;
  }
  noteUnreadable(deps, unwritableObject(key, failed));
  if (hasCode(failed, 'access_denied')) needsNoticeNow(deps, key);
}
