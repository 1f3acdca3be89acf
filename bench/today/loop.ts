import type { Phone } from './client.ts';
import type { Followed } from './follow.ts';
import type { Way } from './play-way.ts';

const BATCH = 10;
/** Exports in flight a server. */
const PER_SERVER = 4;

/**
 * A loop with retry: sends up to 10 phones whose servers have room, polls when there are none, and goes on. Batches that are too
 * large are halved from then on.
 */
export const loop: Way = async (phones, followed) => {
  let size = BATCH;
  let waiting = [...phones];
  while (waiting.length > 0 || followed.open() > 0) {
    const batch = withRoom(waiting, size, followed);
    if (batch.length === 0) await followed.poll();
    else if (await followed.submit(batch)) {
      waiting = waiting.filter((phone) => !batch.includes(phone));
    } else size = Math.ceil(batch.length / 2);
  }
};

function withRoom(waiting: readonly Phone[], size: number, followed: Followed): Phone[] {
  const room = new Map<string, number>();
  const batch: Phone[] = [];
  for (const phone of waiting) {
    if (batch.length === size) break;
    const left = room.get(phone.server_id) ?? PER_SERVER - followed.open(phone.server_id);
    if (left > 0) batch.push(phone);
    room.set(phone.server_id, left > 0 ? left - 1 : left);
  }
  return batch;
}
