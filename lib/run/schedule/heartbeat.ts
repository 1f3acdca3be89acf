import { PhonevaultError } from '../../errors.ts';
import { putHeartbeat } from '../../ledger/hints/heartbeat.ts';
import { readNotifiedHeartbeatStrictly } from '../../ledger/state/notified/notified.ts';
import { isUnreadable } from '../../ledger/store/object-error.ts';
import { newestSlotWithin } from '../../policy/slots/slots.ts';
import { localDate } from '../../policy/keys/stamp.ts';
import type { RunDeps } from '../deps.ts';
import type { Language } from '../../meanings/entry.ts';

/** For a timer that is late. Instances that start later do not send the message again. */
const WITHOUT_RECORD_MS = 2 * 60_000;

/** When the daily message is due, and in which language. */
export type Heartbeat = { cron: string; timezone: string; language: Language };

/**
 * Requests the daily message from drive when it is due; after an outage only the newest. Returns the slot (epoch ms) that
 * needs no other request: pass it as `done` in the next minute, which then reads nothing.
 */
export async function requestHeartbeat(
  deps: Pick<RunDeps, 'clock' | 'log' | 'store'>,
  heartbeat: Heartbeat | undefined,
  done: number | undefined,
): Promise<number | undefined> {
  if (heartbeat === undefined) return done;
  const now = deps.clock.now();
  const slot = newestSlot(heartbeat, now);
  if (slot === undefined || slot === done) return done;
  try {
    if (await isUnsent(deps, slot, now)) {
      const since = newestSlot(heartbeat, slot - 1) ?? slot;
      const { language, timezone } = heartbeat;
      const date = localDate(slot, timezone);
      await putHeartbeat(deps.store, { slot, since, date, language, timezone });
    }
    return slot;
  } catch (error) {
    if (!(error instanceof PhonevaultError)) throw error;
    deps.log.warn('heartbeat_delayed', { code: error.code, message: error.message });
    return done;
  }
}

/** Without its record nobody knows whether the message was sent: right after its slot it was not. */
async function isUnsent(
  { store }: Pick<RunDeps, 'store'>,
  slot: number,
  now: number,
): Promise<boolean> {
  try {
    const notified = (await readNotifiedHeartbeatStrictly(store)) ?? 0;
    // A slot in the future was written by an instance whose clock was ahead.
    return notified < slot || notified > now;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return now - slot < WITHOUT_RECORD_MS;
  }
}

function newestSlot({ cron, timezone }: Heartbeat, until: number): number | undefined {
  return newestSlotWithin({ cron, timezone, start_within: Number.POSITIVE_INFINITY }, 0, until);
}
