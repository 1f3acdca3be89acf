import type { Phone } from '../../../cloud/cph/phone.ts';
import { isCoveredByAll, type OpenFirstBackup } from '../covered.ts';
import type { FetchedPhones, IdsToFetch } from './look-up.ts';
import type { PendingHint } from './pending-hints.ts';
import type { FirstBackupPolicy } from '../policies.ts';

/** Phones of a purchase are created after its trace; the margin allows for clocks that differ and late traces. */
const PURCHASE_MARGIN_MS = 60 * 60_000;

/** Returns the ids of the hints to fetch: all servers, and the other ids that still need a first backup. */
export function idsToFetch(
  hints: PendingHint[],
  policies: FirstBackupPolicy[],
  open: OpenFirstBackup[],
): IdsToFetch {
  const ids: IdsToFetch = { phones: new Set(), servers: new Set(), others: new Set() };
  for (const hint of hints) {
    const isOpen = (id: string): boolean => !isCoveredByAll(policies, hint, id, open);
    for (const id of hint.lookup.phones.filter(isOpen)) ids.phones.add(id);
    for (const id of hint.lookup.others.filter(isOpen)) ids.others.add(id);
    for (const id of hint.lookup.servers) ids.servers.add(id);
  }
  return ids;
}

/** Returns the phones that a hint names: null for one that does not exist, undefined for one that was not fetched. */
export function phonesOf(
  hint: PendingHint,
  fetched: FetchedPhones,
): Map<string, Phone | null | undefined> {
  const { lookup } = hint;
  const phones = new Map<string, Phone | null | undefined>();
  for (const id of lookup.phones) phones.set(id, fetched.phones.get(id));
  for (const id of lookup.others) {
    const phone = fetched.phones.get(id);
    if (phone !== null && phone !== undefined) phones.set(id, phone);
  }
  for (const id of [...lookup.servers, ...lookup.others]) {
    for (const phone of phonesOn(hint, fetched, id) ?? []) phones.set(phone.phone_id, phone);
  }
  return phones;
}

/** Returns the phones of a server that a hint is about. A purchase is only about phones that it may have created. */
function phonesOn(
  { lookup, writtenAt }: PendingHint,
  { servers }: FetchedPhones,
  serverId: string,
): Phone[] | undefined {
  const phones = servers.get(serverId);
  if (lookup.change !== 'created') return phones;
  const from = Math.min(lookup.at ?? writtenAt, writtenAt) - PURCHASE_MARGIN_MS;
  return phones?.filter(({ created_at: created = from }) => created >= from);
}

/** Returns the ids of a hint for which no phone is known yet, with the reason. */
export function unresolvedIds(
  hint: PendingHint,
  fetched: FetchedPhones,
  policies: FirstBackupPolicy[],
  open: OpenFirstBackup[],
): Map<string, string> {
  const { phones: named, servers, others, change } = hint.lookup;
  const waits = new Map<string, string>();
  const waitForPhones = (id: string, ifNone: string): void => {
    const found = phonesOn(hint, fetched, id);
    if (found === undefined) waits.set(id, 'not_fetched');
    else if (found.length === 0) waits.set(id, ifNone);
  };
  for (const id of servers) waitForPhones(id, change === 'created' ? 'order' : 'not_found');
  for (const id of others) {
    if (isCoveredByAll(policies, hint, id, open)) continue;
    const phone = fetched.phones.get(id);
    if (phone === null) waitForPhones(id, 'order');
    else if (phone === undefined) waits.set(id, 'not_fetched');
  }
  if (named.length + servers.length + others.length === 0) waits.set('', 'order');
  return waits;
}
