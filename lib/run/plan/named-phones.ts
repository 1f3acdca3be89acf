import type { Candidate } from '../../policy/selection/select.ts';
import { toCandidate } from '../deps.ts';
import {
  isCurrent,
  type ListedPhones,
  type PhoneReading,
  recallReadings,
} from '../reads/readings.ts';
import { pagesLeft, type ReadDeps, readInventory, recallInventory } from './inventory.ts';

/** Up to this many phones are shown one by one, whatever the size of the fleet. */
const FEW = 4;
/** Up to this many are shown even when the time is up. */
const ALWAYS_SHOWN = 20;
const SHOWS_AT_ONCE = 4;

type Scope = { requestedAt: number; until: number };
/** What is read from `begunAt` on is always recent enough: the clock of the request may be ahead. */
type Times = Scope & { begunAt: number };
/** `phone` is undefined when CPH does not know the id. */
type Found = { phone: PhoneReading['phone']; readAt: number };

/**
 * Returns phones by id, without those that CPH does not know, and when the oldest was read (epoch ms). Reads the list of the
 * fleet instead of showing them one by one when that takes fewer calls. Returns undefined when it takes longer than `until`.
 * What was read is kept for other runs.
 */
export async function readNamed(
  deps: ReadDeps,
  ids: readonly string[],
  scope: Scope,
): Promise<{ candidates: Candidate[]; complete: boolean; asOf: number } | undefined> {
  const times = { ...scope, begunAt: deps.clock.now() };
  await recallReadings(deps);
  const unique = [...new Set(ids)];
  const missing = (): string[] => unique.filter((id) => findKnown(deps, id, times) === undefined);
  await listIfCheaper(deps, missing(), times);
  if (!(await showAll(deps, missing(), times.until))) return undefined;
  const found = unique.map((id) => findKnown(deps, id, times)).filter((one) => one !== undefined);
  return {
    candidates: found.flatMap(({ phone }) => (phone === undefined ? [] : [toCandidate(phone)])),
    complete: true,
    asOf: found.reduce((oldest, { readAt }) => Math.min(oldest, readAt), deps.clock.now()),
  };
}

/** Returns what is known of a phone and recent enough. Only a whole list shows that CPH does not know a phone. */
function findKnown(
  { readings }: Pick<ReadDeps, 'readings'>,
  id: string,
  { requestedAt, begunAt }: Times,
): Found | undefined {
  const isRecent = (phone: PhoneReading['phone'], readAt: number): boolean =>
    readAt >= begunAt || isCurrent(phone, readAt, requestedAt);
  const shown = readings.phones.get(id);
  if (shown !== undefined && isRecent(shown.phone, shown.read_at)) {
    return { phone: shown.phone, readAt: shown.read_at };
  }
  const fleet = readings.inventories.get('');
  if (fleet === undefined) return undefined;
  const { started_at: readAt, finished_at, complete } = fleet.inventory;
  const phone = fleet.byId.get(id);
  const isKnown = phone !== undefined || (finished_at !== undefined && complete);
  return isKnown && isRecent(phone, readAt) ? { phone, readAt } : undefined;
}

/**
 * Reads the list of the fleet while the rest of it takes fewer calls than the phones that are missing, with those that were
 * shown before: so many runs of few phones each never cost more than twice the list.
 */
async function listIfCheaper(deps: ReadDeps, missing: string[], times: Times): Promise<void> {
  const shown = [...deps.readings.phones.values()].filter(({ phone, read_at }) =>
    isCurrent(phone, read_at, times.requestedAt),
  ).length;
  if (missing.length === 0 || missing.length + shown <= FEW) return;
  const isEnough = ({ inventory, byId }: ListedPhones): boolean => {
    const left = missing.filter((id) => !byId.has(id)).length;
    return left === 0 || (pagesLeft(inventory) ?? 0) > left + shown;
  };
  const known = await recallInventory(deps, undefined);
  if (known !== undefined && (pagesLeft(known.inventory) ?? 0) > missing.length + shown) return;
  await readInventory(deps, undefined, { ...times, isEnough });
}

/** Shows phones one by one, a few at once. The first failure stops it. Returns false when the time was up before the last one. */
async function showAll(deps: ReadDeps, ids: string[], until: number): Promise<boolean> {
  const { cph, clock, readings } = deps;
  const queue = [...ids];
  const isTime = (): boolean => clock.now() < until || ids.length <= ALWAYS_SHOWN;
  let hasFailed = false;
  const showNext = async (): Promise<void> => {
    while (!hasFailed && isTime()) {
      const id = queue.shift();
      if (id === undefined) return;
      try {
        const phone = await cph.showPhone(id);
        const reading = { phone_id: id, read_at: clock.now() };
        readings.phones.set(
          id,
          phone === undefined ? reading : { ...reading, phone: toCandidate(phone) },
        );
        readings.isChanged = true;
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  const shows = await Promise.allSettled(Array.from({ length: SHOWS_AT_ONCE }, showNext));
  const failed = shows.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return queue.length === 0;
}
