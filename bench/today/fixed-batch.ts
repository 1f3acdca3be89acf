import type { Way } from './play-way.ts';
import { sendInBatches } from './send-in-batches.ts';

const BATCH = 10;
/** Below ten calls a minute, the limit that other services of the vendor are known to have. */
const SLEEP_MS = 7_000;

/** A fixed batch of 10 phones, then a fixed sleep of 7 seconds. */
export const fixedBatch: Way = (phones, followed, clock) =>
  sendInBatches(phones, followed, { size: BATCH, pause: () => clock.sleep(SLEEP_MS) });
