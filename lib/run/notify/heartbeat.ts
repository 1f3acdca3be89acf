import { isHeartbeatHint, readHeartbeat } from '../../ledger/hints/heartbeat.ts';
import { readNotifiedHeartbeat, writeNotifiedHeartbeat } from '../../ledger/state/notified.ts';
import { layout } from '../../ledger/store/layout.ts';
import type { DriveDeps } from '../deps.ts';
import { removeHandled } from '../state/failures/resting.ts';
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
  const notified = (await readNotifiedHeartbeat(deps.store)) ?? 0;
  if (notified >= slot && notified <= deps.clock.now()) return true;
  const day = await dailySummary(deps, since, slot);
  const locale = { language, timezone };
  if (!(await publish(deps, { kind: 'heartbeat', date, day }, locale))) return false;
  await recordNotified(deps, { kind: 'heartbeat' }, () => writeNotifiedHeartbeat(deps.store, slot));
  deps.log.info('notified', { kind: 'heartbeat', date });
  return true;
}
