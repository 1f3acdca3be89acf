import { PhonevaultError } from '../../errors.ts';
import { putHeartbeat, readNotifiedHeartbeat } from '../../ledger/state/heartbeat.ts';
import { newestSlotWithin } from '../../policy/slots/slots.ts';
import { localDate } from '../../policy/keys/stamp.ts';
import type { RunDeps } from '../deps.ts';
import type { Language } from '../notify/notification.ts';

/** When the daily message is sent, and in which language. */
export type Heartbeat = { cron: string; timezone: string; language: Language };

/**
 * Has drive send the daily message when its time has come; after an outage the newest day's only. Answers the slot (epoch
 * ms) that was seen to: given back, it costs nothing more that day.
 */
export async function requestHeartbeat(
  deps: Pick<RunDeps, 'clock' | 'log' | 'store'>,
  heartbeat: Heartbeat | undefined,
  seen: number | undefined,
): Promise<number | undefined> {
  if (heartbeat === undefined) return seen;
  const now = deps.clock.now();
  const slot = slotUntil(heartbeat, now);
  if (slot === undefined || slot === seen) return seen;
  try {
    const told = (await readNotifiedHeartbeat(deps.store)) ?? 0;
    // A slot that lies ahead was told by a clock gone wrong.
    if (told < slot || told > now) {
      const since = slotUntil(heartbeat, slot - 1) ?? slot;
      const { language, timezone } = heartbeat;
      await putHeartbeat(deps.store, { slot, since, date: localDate(slot, timezone), language });
    }
    return slot;
  } catch (error) {
    if (!(error instanceof PhonevaultError)) throw error;
    deps.log.warn('heartbeat_delayed', { code: error.code, message: error.message });
    return seen;
  }
}

function slotUntil({ cron, timezone }: Heartbeat, until: number): number | undefined {
  return newestSlotWithin({ cron, timezone, start_within: Number.POSITIVE_INFINITY }, 0, until);
}
