import type { Phone } from './client.ts';
import type { Followed } from './follow.ts';

/**
 * Submits the phones in batches, one after another, and then polls until all exports have ended. A batch that is too large is
 * halved, and so are the ones after it. `pause` comes between two batches.
 */
export async function sendInBatches(
  phones: readonly Phone[],
  followed: Followed,
  { size: first, pause }: { size: number; pause: () => Promise<void> },
): Promise<void> {
  let size = first;
  for (let from = 0; from < phones.length;) {
    const batch = phones.slice(from, from + size);
    if (await followed.submit(batch)) {
      from += batch.length;
      if (from < phones.length) await pause();
    } else size = Math.ceil(batch.length / 2);
  }
  while (followed.open() > 0) await followed.poll();
}
