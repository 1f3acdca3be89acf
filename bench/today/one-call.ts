import type { Way } from './play-way.ts';
import { sendInBatches } from './send-in-batches.ts';

/** One call with everything, in halves when that is too much for CPH. Servers queue what they cannot run. */
export const oneCall: Way = (phones, followed) =>
  sendInBatches(phones, followed, { size: phones.length, pause: async () => undefined });
