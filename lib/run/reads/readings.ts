import type { Clock } from '../../clock.ts';
import type { Inventory } from '../../ledger/fleet/inventory.ts';
import { readReadings, type StoredReadings, writeReadings } from '../../ledger/fleet/readings.ts';
import { hasCode, PhonevaultError } from '../../errors.ts';
import { layout } from '../../ledger/store/layout.ts';
import type { Store } from '../../ledger/store/store.ts';
import { phoneState } from '../../policy/selection/states.ts';

/** A reading may have begun this long before the request, since many policies are due in the same minute. */
export const FRESH_MS = 60_000;
/** No plan takes longer. */
const KEPT_MS = 2 * 60 * 60_000;

export type PhoneReading = StoredReadings['phones'][number];
type TagReading = StoredReadings['tags'][number];

/** A list of phones as far as it was read, and its phones by id. */
export type ListedPhones = { inventory: Inventory; byId: Map<string, ListedPhone> };
type ListedPhone = Inventory['phones'][number];

/** What this invocation knows of phones and tags, for all runs. */
export type Readings = {
  /** Phones that were shown one by one, by id. */
  phones: Map<string, PhoneReading>;
  tags: Map<string, TagReading>;
  /** Lists of phones by server, '' for the whole fleet, as far as they were read. */
  inventories: Map<string, ListedPhones>;
  isLoaded: boolean;
  /** True when there is something to save. */
  isChanged: boolean;
};

export const createReadings = (): Readings => ({
  ...{ phones: new Map(), tags: new Map(), inventories: new Map() },
  ...{ isLoaded: false, isChanged: false },
});

type Deps = { store: Pick<Store, 'get' | 'put'>; clock: Pick<Clock, 'now'>; readings: Readings };

/** Returns the readings of this invocation and of earlier ones. */
export async function recallReadings({ store, readings }: Deps): Promise<Readings> {
  if (readings.isLoaded) return readings;
  const { phones, tags } = await readReadings(store);
  for (const phone of phones) readings.phones.set(phone.phone_id, phone);
  for (const reading of tags) readings.tags.set(reading.tags, reading);
  readings.isLoaded = true;
  return readings;
}

/** Returns the error for a cache of readings that cannot be written. It says nothing about the right to read from CPH. */
export function notWritten(what: string, cause: PhonevaultError): PhonevaultError {
  return new PhonevaultError('object_unwritable', `${what} cannot be written: ${cause.message}`, {
    hint: "Grant the functions' agency obs:object:PutObject for state/.",
    retryable: true,
    cause,
  });
}

/**
 * Saves what later invocations may use: a plan that could not read everything does not start again. Throws `object_unwritable`
 * when they cannot be written.
 */
export async function saveReadings({ store, clock, readings }: Deps): Promise<void> {
  if (!readings.isChanged) return;
  const since = clock.now() - KEPT_MS;
  const kept = <R extends { read_at: number }>(all: Map<string, R>): R[] =>
    [...all.values()]
      .filter(({ read_at }) => read_at >= since)
      .sort((a, b) => b.read_at - a.read_at);
  const content = { phones: kept(readings.phones), tags: kept(readings.tags) };
  await writeReadings(store, content).catch((error: unknown) => {
    throw hasCode(error, 'access_denied') ? notWritten(layout.readings, error) : error;
  });
  readings.isChanged = false;
}

/**
 * Returns whether a phone (undefined: CPH does not know it) that was read at `readAt` is recent enough for a request. Only a
 * phone that can be exported may have been read shortly before the request. Times in epoch ms.
 */
export function isCurrent(
  phone: { status: string } | undefined,
  readAt: number,
  requestedAt: number,
): boolean {
  const isExportable = phone !== undefined && phoneState(phone.status) === 'exportable';
  return readAt >= requestedAt - (isExportable ? FRESH_MS : 0);
}
