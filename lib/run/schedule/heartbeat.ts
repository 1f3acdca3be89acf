import { PhonevaultError } from '../../errors.ts';
import { putHeartbeat } from '../../ledger/hints/heartbeat.ts';
import { readNotifiedHeartbeat } from '../../ledger/state/notified.ts';
import { newestSlotWithin } from '../../policy/slots/slots.ts';
import { localDate } from '../../policy/keys/stamp.ts';
import type { RunDeps } from '../deps.ts';
import type { Language } from '../../meanings/entry.ts';

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
    const notified = (await readNotifiedHeartbeat(deps.store)) ?? 0;
    // A slot in the future was written by an instance whose clock was ahead.
    if (notified < slot || notified > now) {
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

function newestSlot({ cron, timezone }: Heartbeat, until: number): number | undefined {
  return newestSlotWithin({ cron, timezone, start_within: Number.POSITIVE_INFINITY }, 0, until);
}
