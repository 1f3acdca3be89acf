import { phoneState } from '../../policy/selection/states.ts';
import type { Phone } from '../../cloud/cph/phone.ts';
import { toCandidate } from '../deps.ts';
import type { Seen } from './look-up.ts';
import type { Pending } from './pending-hints.ts';
import type { FirstBackupPolicy } from './policies.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Hints of so long make one run. */
const WINDOW_MS = 5 * MINUTE;
/** What a purchase brings is created after its trace, but for clocks that differ and traces that come late. */
const PURCHASE_MARGIN_MS = 60 * MINUTE;
/** How long a hint waits for its phones to appear and to run. */
export const WAITS_MS = 120 * MINUTE;

/** What a run in the ledger means for phones of its policy. Times in epoch ms. */
export type OpenFirstBackup = {
  policy: string;
  requestedAt: number;
  /** Asked for because they are new. */
  asked: ReadonlySet<string>;
  /** Any other run's phones that may yet be exported by it. */
  underway: ReadonlySet<string>;
};

export type Ask = { policy: string; phones: Map<string, number> };

export type Verdict = {
  asks: Ask[];
  /** What a hint still waits for, as phone or id and reason; hints that wait for nothing are done. */
  waits: Map<Pending, Map<string, string>>;
};

/** True when a first backup for this generation of the phone was asked for. */
export function isCovered(
  giver: FirstBackupPolicy,
  phoneId: string,
  generation: number,
  open: OpenFirstBackup[],
): boolean {
  const given = Object.hasOwn(giver.given, phoneId) ? giver.given[phoneId] : undefined;
  if (given !== undefined && given >= generation) return true;
  return open.some(
    ({ policy, asked, requestedAt }) =>
      policy === giver.name && requestedAt >= generation && asked.has(phoneId),
  );
}

/**
 * Decides what first backups to ask for now, from the hints and what CPH shows of their phones. Pure. A policy's phones
 * that run are asked for together, five minutes after the first of them was heard of, or ten while others are on their way.
 */
export function decideFirstBackup(
  hints: Pending[],
  seen: Seen,
  givers: FirstBackupPolicy[],
  open: OpenFirstBackup[],
  now: number,
): Verdict {
  const waits: Verdict['waits'] = new Map(
    hints.map((hint) => [hint, unresolved(hint, seen, givers, open)]),
  );
  const asks: Ask[] = [];
  for (const giver of givers) {
    const ready = new Map<string, { generation: number; hints: Pending[] }>();
    let first = Number.POSITIVE_INFINITY;
    let coming = 0;
    for (const hint of hints) {
      if (hint.lookup.policy !== undefined && hint.lookup.policy !== giver.name) continue;
      for (const [id, phone] of phonesOf(hint, seen)) {
        if (isCovered(giver, id, hint.generation, open)) continue;
        const reason = phone === undefined ? 'not_looked_at' : obstacle(giver, hint, phone, open);
        if (reason === 'not_wanted') continue;
        if (reason !== undefined) {
          waits.get(hint)?.set(id, reason);
          if (phone != null && phoneState(phone.status) === 'passing') coming += 1;
          continue;
        }
        const known = ready.get(id);
        ready.set(id, {
          generation: Math.max(known?.generation ?? 0, hint.generation),
          hints: [...(known?.hints ?? []), hint],
        });
        first = Math.min(first, hint.droppedAt);
      }
    }
    const last = lastAsked(giver, open);
    const patience = coming === 0 ? WINDOW_MS : 2 * WINDOW_MS;
    if (now >= first + patience && now >= last + WINDOW_MS) {
      const phones = [...ready].map(([id, { generation }]) => [id, generation] as const);
      asks.push({ policy: giver.name, phones: new Map(phones) });
      continue;
    }
    for (const [id, { hints: own }] of ready) {
      for (const hint of own) waits.get(hint)?.set(id, 'window');
    }
  }
  return { asks, waits };
}

/** True when nothing is left to find out about an id that may be a phone's. */
export function isSettledFor(
  givers: FirstBackupPolicy[],
  { lookup, generation }: Pending,
  id: string,
  open: OpenFirstBackup[],
): boolean {
  return givers
    .filter(({ name }) => lookup.policy === undefined || lookup.policy === name)
    .every((giver) => isCovered(giver, id, generation, open));
}

/** What a hint names that no phone is known for yet. */
function unresolved(
  hint: Pending,
  seen: Seen,
  givers: FirstBackupPolicy[],
  open: OpenFirstBackup[],
): Map<string, string> {
  const { phones, servers, others } = hint.lookup;
  const waits = new Map<string, string>();
  const list = (id: string, none: string): void => {
    const found = phonesOn(hint, seen, id);
    if (found === undefined) waits.set(id, 'not_looked_at');
    else if (found.length === 0) waits.set(id, none);
  };
  const isBought = hint.lookup.change === 'created';
  for (const id of servers) list(id, isBought ? 'order' : 'not_found');
  for (const id of others) {
    if (isSettledFor(givers, hint, id, open)) continue;
    const phone = seen.phones.get(id);
    if (phone === null) list(id, 'order');
    else if (phone === undefined) waits.set(id, 'not_looked_at');
  }
  if (phones.length + servers.length + others.length === 0) waits.set('', 'order');
  return waits;
}

/** The phones that a hint names: null for one that is not there, undefined for one not looked at. */
function phonesOf(hint: Pending, seen: Seen): Map<string, Phone | null | undefined> {
  const { lookup } = hint;
  const phones = new Map<string, Phone | null | undefined>();
  for (const id of lookup.phones) phones.set(id, seen.phones.get(id));
  for (const id of lookup.others) {
    const phone = seen.phones.get(id);
    if (phone !== null && phone !== undefined) phones.set(id, phone);
  }
  for (const id of [...lookup.servers, ...lookup.others]) {
    for (const phone of phonesOn(hint, seen, id) ?? []) phones.set(phone.phone_id, phone);
  }
  return phones;
}

/** The phones of a server that a hint is about: of a purchase, those alone that it may have brought. */
function phonesOn(
  { lookup, droppedAt }: Pending,
  seen: Seen,
  serverId: string,
): Phone[] | undefined {
  const phones = seen.servers.get(serverId);
  if (lookup.change !== 'created') return phones;
  const from = Math.min(lookup.at ?? droppedAt, droppedAt) - PURCHASE_MARGIN_MS;
  return phones?.filter(({ created_at: created = from }) => created >= from);
}

/** Why the phone cannot be asked for now; undefined when it can. */
function obstacle(
  giver: FirstBackupPolicy,
  hint: Pending,
  phone: Phone | null,
  open: OpenFirstBackup[],
): string | undefined {
  if (phone === null) return 'not_found';
  if (!giver.selects(toCandidate(phone))) return 'not_wanted';
  if (hint.lookup.change === 'found' && !isNewTo(giver, phone)) return 'not_wanted';
  const { phone_id } = phone;
  const isUnderway = open.some(
    ({ policy, underway }) => policy === giver.name && underway.has(phone_id),
  );
  if (hint.generation === 0 && isUnderway) return 'underway';
  return phoneState(phone.status) === 'exportable' ? undefined : phone.status;
}

/** True for a phone created since the policy was first seen to give first backups. */
export function isNewTo(giver: Pick<FirstBackupPolicy, 'since'>, phone: Phone): boolean {
  return phone.created_at !== undefined && phone.created_at + SECOND > giver.since;
}

function lastAsked(giver: FirstBackupPolicy, open: OpenFirstBackup[]): number {
  const own = open.filter(({ policy, asked }) => policy === giver.name && asked.size > 0);
  const times = [...Object.values(giver.given), ...own.map(({ requestedAt }) => requestedAt)];
  return times.reduce((last, time) => Math.max(last, time), 0);
}
