import {
  type Inventory,
  loadInventory,
  saveInventory,
  startInventory,
} from '../../ledger/state/inventory.ts';
import { type RunDeps, toCandidate } from '../deps.ts';
import type { Phone } from '../../cloud/cph/phone.ts';

const PAGE = 100;
const PASSES = 3;
/** When the stored inventory hangs, it uses up the time: without these nothing would ever be planned. */
const PAGES_AFTER_HANG = 10;
/** A reading may have begun this long before the request, since many policies are due in the same minute. */
export const FRESH_MS = 60_000;

/**
 * Reads the phones of one server or of the whole project until `until` (epoch ms), and continues in the next drive. Returns
 * undefined while there is more to read.
 */
export async function readInventory(
  deps: Pick<RunDeps, 'store' | 'cph' | 'clock'>,
  serverId: string | undefined,
  requestedAt: number,
  until: number,
): Promise<Inventory | undefined> {
  const begunAt = deps.clock.now();
  const known = await loadInventory(deps.store, serverId);
  const hasHung = begunAt < until && deps.clock.now() >= until;
  const isFresh = known !== undefined && known.started_at >= requestedAt - FRESH_MS;
  if (isFresh && known.finished_at !== undefined) return known;

  const inventory = isFresh ? known : startInventory(deps.clock.now(), serverId);
  const ids = new Set(inventory.phones.map((phone) => phone.phone_id));
  try {
    const least = inventory.pages + (hasHung ? PAGES_AFTER_HANG : 0);
    const isTime = (): boolean => deps.clock.now() < until || inventory.pages < least;
    while (inventory.finished_at === undefined && isTime()) {
      const page = await deps.cph.listPhones({
        offset: inventory.offset,
        limit: PAGE,
        ...(serverId === undefined ? {} : { serverId }),
      });
      addPage({ inventory, ids }, page, deps.clock.now());
    }
  } finally {
    await saveInventory(deps.store, inventory);
  }
  return inventory.finished_at === undefined ? undefined : inventory;
}

/**
 * Adds one page. The list is ordered newest first and shifts when phones come and go. Each page overlaps the one before by
 * one phone: when its first phone is unknown, phones before it were deleted and others were skipped, so the reading steps
 * back. Phones created meanwhile are at the head, which is read again at the end. After the pages of three passes the
 * reading ends and is marked as incomplete. `ids` are those of the phones that are known.
 */
function addPage(
  { inventory, ids }: { inventory: Inventory; ids: Set<string> },
  page: { count: number; phones: Phone[] },
  now: number,
): void {
  inventory.pages += 1;
  const { offset, pages, passes, phones } = inventory;
  const exhausted = pages > PASSES * (Math.ceil(page.count / (PAGE - 1)) + 1);
  const first = page.phones[0];
  const hasGap = offset > 0 && (first === undefined || !ids.has(first.phone_id));
  if (hasGap && !exhausted) {
    inventory.offset = Math.max(0, offset - (PAGE - 1));
    return;
  }

  const added = page.phones.filter(({ phone_id }) => !ids.has(phone_id) && ids.add(phone_id));
  phones.push(...added.map(toCandidate));
  inventory.complete &&= !hasGap;
  inventory.offset = offset + page.phones.length - 1;
  const rereadingHead = passes > 1;
  const atEnd = page.phones.length <= 1 || offset + page.phones.length >= page.count;
  if (!atEnd && !(rereadingHead && added.length === 0)) return;
  if (page.count <= phones.length) {
    inventory.finished_at = now;
  } else if (exhausted || passes >= PASSES) {
    inventory.finished_at = now;
    inventory.complete = false;
  } else {
    inventory.passes += 1;
    inventory.offset = 0;
  }
}
