import {
  type Inventory,
  loadInventory,
  saveInventory,
  startInventory,
} from '../../ledger/fleet/inventory.ts';
import { type RunDeps, toCandidate } from '../deps.ts';
import type { Phone } from '../../cloud/cph/phone.ts';
import { type PhonevaultError, ServiceError } from '../../errors.ts';
import { contain } from '../state/failures/contain-failure.ts';
import { FRESH_MS, type ListedPhones, notWritten } from '../reads/readings.ts';

/** Valid in all editions of the API. Newer ones allow 200 (ListCloudPhones), which halves the time for a large fleet. */
const PAGE = 100;
const LARGE_PAGE = 200;
/** From so many phones on, large pages are tried. */
const MANY_PHONES = 1_000;
/** "offset or limit invalid" */
const INVALID_PAGE = 'CPS.0002';
const PASSES = 3;
/** When the stored inventory hangs, it uses up the time: without these nothing would ever be planned. */
const PAGES_AFTER_HANG = 10;
/** To select from so many phones, and to order them, takes seconds on a slow core. */
const LARGE_FLEET = 10_000;
/** A reading that began so long ago and has not ended is given up. */
const UNDER_WAY_MS = 30 * 60_000;

export type ReadDeps = Pick<RunDeps, 'store' | 'cph' | 'clock' | 'log' | 'readings'>;

type ReadOptions = {
  requestedAt: number;
  until: number;
  /** Returns true when no further page is needed. */
  isEnough?: (listed: ListedPhones) => boolean;
};

/**
 * Reads the phones of one server or of the whole project until `until` (epoch ms), and continues in the next drive. A reading
 * that is under way is read to its end first, because earlier requests wait for it. Returns undefined while there is more to
 * read, and when the time was up at the end of a large fleet: the next call returns that without reading.
 */
export async function readInventory(
  deps: ReadDeps,
  serverId: string | undefined,
  options: ReadOptions,
): Promise<Inventory | undefined> {
  const { requestedAt, until } = options;
  const isFresh = ({ started_at }: Inventory): boolean => started_at >= requestedAt - FRESH_MS;
  const begunAt = deps.clock.now();
  const known = await recallInventory(deps, serverId);
  const hasHung = begunAt < until && deps.clock.now() >= until;
  const least = hasHung ? PAGES_AFTER_HANG : 0;
  const ended = ({ inventory }: ListedPhones, isRead: boolean): Inventory | undefined => {
    const isLate = isRead && !hasHung && deps.clock.now() >= until;
    if (isLate && inventory.phones.length > LARGE_FLEET) return undefined;
    return inventory.finished_at === undefined ? undefined : inventory;
  };
  if (known !== undefined && (isFresh(known.inventory) || isUnderWay(known.inventory, begunAt))) {
    const { inventory } = known;
    const { pages } = inventory;
    await readOn(deps, known, options, least);
    if (inventory.finished_at === undefined || isFresh(inventory)) {
      return ended(known, inventory.pages > pages);
    }
  }
  const listed = begin(deps, serverId, known?.inventory);
  await readOn(deps, listed, options, least);
  return ended(listed, true);
}

/** Returns how many pages of the fleet are still to be read; undefined when its size is not known. */
export function pagesLeft(inventory: Inventory): number | undefined {
  const { count, offset, finished_at } = inventory;
  if (count === undefined) return undefined;
  const left = finished_at === undefined ? count - offset : count;
  return Math.max(1, Math.ceil(left / (pageOf(inventory) - 1)));
}

/** Returns how many phones the next page may hold. */
function pageOf({ count = 0, small_pages }: Inventory): number {
  return count > MANY_PHONES && small_pages !== true ? LARGE_PAGE : PAGE;
}

/** Returns the last reading of a server or of the whole project, as far as it got. */
export async function recallInventory(
  { store, readings }: Pick<ReadDeps, 'store' | 'readings'>,
  serverId: string | undefined,
): Promise<ListedPhones | undefined> {
  const remembered = readings.inventories.get(serverId ?? '');
  if (remembered !== undefined) return remembered;
  const inventory = await loadInventory(store, serverId);
  return inventory && remember(readings, inventory);
}

function begin(
  { clock, readings }: ReadDeps,
  serverId: string | undefined,
  before: Inventory | undefined,
): ListedPhones {
  const { small_pages } = before ?? {};
  const inventory = startInventory(clock.now(), serverId);
  return remember(readings, { ...inventory, ...(small_pages === true ? { small_pages } : {}) });
}

function remember({ inventories }: ReadDeps['readings'], inventory: Inventory): ListedPhones {
  const byId = new Map(inventory.phones.map((phone) => [phone.phone_id, phone]));
  const listed = { inventory, byId };
  inventories.set(inventory.server_id ?? '', listed);
  return listed;
}

function isUnderWay({ finished_at, started_at }: Inventory, now: number): boolean {
  return finished_at === undefined && now - started_at < UNDER_WAY_MS;
}

/** Reads page after page until the end, until it is enough or the time is up, but at least `least` pages. Keeps what it read. */
async function readOn(
  deps: ReadDeps,
  listed: ListedPhones,
  { until, isEnough = () => false }: ReadOptions,
  least: number,
): Promise<void> {
  const { inventory } = listed;
  const { pages: before } = inventory;
  const isTime = (): boolean => deps.clock.now() < until || inventory.pages < before + least;
  const isOver = (): boolean => inventory.finished_at !== undefined || isEnough(listed);
  let unwritten: PhonevaultError | undefined;
  try {
    while (!isOver() && isTime()) {
      const page = await nextPage(deps, inventory);
      if (page === undefined) inventory.small_pages = true;
      else addPage(listed, page, deps.clock.now());
    }
  } finally {
    if (inventory.pages > before) unwritten = await keep(deps, inventory);
  }
  // The next drive would begin again.
  if (unwritten !== undefined && !isOver()) throw unwritten;
}

/** Returns the next page; undefined when CPH refuses its size. */
async function nextPage(
  { cph }: Pick<ReadDeps, 'cph'>,
  inventory: Inventory,
): Promise<Awaited<ReturnType<ReadDeps['cph']['listPhones']>> | undefined> {
  const { offset, server_id: serverId } = inventory;
  const limit = pageOf(inventory);
  try {
    return await cph.listPhones({ offset, limit, ...(serverId === undefined ? {} : { serverId }) });
  } catch (error) {
    const isRefused = error instanceof ServiceError && error.serviceCode === INVALID_PAGE;
    if (isRefused && limit > PAGE) return undefined;
    throw error;
  }
}

/** Stores a reading for later drives. Returns the error when it cannot be written: this drive uses what it has read. */
async function keep(
  deps: Pick<ReadDeps, 'store' | 'log'>,
  inventory: Inventory,
): Promise<PhonevaultError | undefined> {
  const cause = await contain(deps, { event: 'inventory_not_written' }, () =>
    saveInventory(deps.store, inventory),
  );
  return cause && notWritten('the list of phones below state/inventory/', cause);
}

/**
 * Adds one page. The list is ordered newest first and shifts when phones come and go. Each page overlaps the one before by
 * one phone: when its first phone is unknown, phones before it were deleted and others were skipped, so the reading steps
 * back. Phones created meanwhile are at the head, which is read again at the end. After the pages of three passes the
 * reading ends and is marked as incomplete.
 */
function addPage(
  { inventory, byId }: ListedPhones,
  page: { count: number; phones: Phone[] },
  now: number,
): void {
  const size = pageOf(inventory);
  inventory.pages += 1;
  inventory.count = page.count;
  const { offset, pages, passes, phones } = inventory;
  const exhausted = pages > PASSES * (Math.ceil(page.count / (size - 1)) + 1);
  const first = page.phones[0];
  const hasGap = offset > 0 && (first === undefined || !byId.has(first.phone_id));
  if (hasGap && !exhausted) {
    inventory.offset = Math.max(0, offset - (size - 1));
    return;
  }

  const added = page.phones.filter(({ phone_id }) => !byId.has(phone_id)).map(toCandidate);
  for (const phone of added) byId.set(phone.phone_id, phone);
  phones.push(...added);
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
