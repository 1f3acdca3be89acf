import { phoneState } from '../../policy/selection/states.ts';
import type { Phone } from '../../cloud/cph/phone.ts';
import { toCandidate } from '../deps.ts';
import type { FetchedPhones } from './look-up.ts';
import type { PendingHint } from './pending-hints.ts';
import type { FirstBackupPolicy } from './policies.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Phones whose hints arrive within this time share a run. */
const WINDOW_MS = 5 * MINUTE;
/** Phones of a purchase are created after its trace; the margin allows for clocks that differ and late traces. */
const PURCHASE_MARGIN_MS = 60 * MINUTE;
/** How long a hint waits for its phones to appear and to run. */
export const HINT_EXPIRES_MS = 120 * MINUTE;

/** A run in the ledger, as far as it concerns first backups of its policy. Times in epoch ms. */
export type OpenFirstBackup = {
  policy: string;
  requestedAt: number;
  /** Phones that it was requested for because they are new. */
  requested: ReadonlySet<string>;
  /** Phones that any other run may still export. */
  inProgress: ReadonlySet<string>;
};

/** The phones of a policy that need their first backup, with their generations. */
export type FirstBackupRequest = { policy: string; phones: Map<string, number> };

export type Decision = {
  requests: FirstBackupRequest[];
  /** What a hint still waits for: the reason by phone or id. A hint that waits for nothing is done. */
  waits: Map<PendingHint, Map<string, string>>;
};

/** Returns true when a first backup of this generation of the phone was requested. */
export function isCovered(
  policy: FirstBackupPolicy,
  phoneId: string,
  generation: number,
  open: OpenFirstBackup[],
): boolean {
  const { lastRequested } = policy;
  const last = Object.hasOwn(lastRequested, phoneId) ? lastRequested[phoneId] : undefined;
  if (last !== undefined && last >= generation) return true;
  return open.some(
    (run) =>
      run.policy === policy.name && run.requestedAt >= generation && run.requested.has(phoneId),
  );
}

/** What decisions depend on: `phones` as CPH shows them, the policies with `on_provisioned`, the open runs, and now (epoch ms). */
export type Facts = {
  phones: FetchedPhones;
  policies: FirstBackupPolicy[];
  open: OpenFirstBackup[];
  now: number;
};

/**
 * Decides which first backups to request now. Pure. The running phones of a policy are requested together, five minutes after
 * the first of their hints, or ten while other phones are still starting.
 */
export function decideFirstBackup(hints: PendingHint[], facts: Facts): Decision {
  const waits: Decision['waits'] = new Map(hints.map((hint) => [hint, unresolved(hint, facts)]));
  const requests: FirstBackupRequest[] = [];
  for (const policy of facts.policies) {
    const { ready, first, starting } = readyPhones(hints, policy, facts, waits);
    const window = starting ? 2 * WINDOW_MS : WINDOW_MS;
    const isDue =
      facts.now >= first + window && facts.now >= lastRequestedAt(policy, facts.open) + WINDOW_MS;
    if (isDue) {
      const phones = [...ready].map(([id, { generation }]) => [id, generation] as const);
      requests.push({ policy: policy.name, phones: new Map(phones) });
      continue;
    }
    for (const [id, { hints: own }] of ready) {
      for (const hint of own) waits.get(hint)?.set(id, 'window');
    }
  }
  return { requests, waits };
}

type Ready = {
  ready: Map<string, { generation: number; hints: PendingHint[] }>;
  /** When the first of their hints was stored (epoch ms). */
  first: number;
  /** Whether other phones will run soon. */
  starting: boolean;
};

/** Returns the phones that the policy can request now; the reasons of the others are added to `waits`. */
function readyPhones(
  hints: PendingHint[],
  policy: FirstBackupPolicy,
  { phones, open }: Facts,
  waits: Decision['waits'],
): Ready {
  const result: Ready = { ready: new Map(), first: Number.POSITIVE_INFINITY, starting: false };
  for (const hint of hints) {
    if (hint.lookup.policy !== undefined && hint.lookup.policy !== policy.name) continue;
    for (const [id, phone] of phonesOf(hint, phones)) {
      if (isCovered(policy, id, hint.generation, open)) continue;
      const reason = phone === undefined ? 'not_fetched' : waitReason(policy, hint, phone, open);
      if (reason === 'not_selected') continue;
      if (reason !== undefined) {
        waits.get(hint)?.set(id, reason);
        result.starting ||= phone != null && phoneState(phone.status) === 'passing';
        continue;
      }
      const { generation = 0, hints: others = [] } = result.ready.get(id) ?? {};
      result.ready.set(id, {
        generation: Math.max(generation, hint.generation),
        hints: [...others, hint],
      });
      result.first = Math.min(result.first, hint.droppedAt);
    }
  }
  return result;
}

/** Returns true when every policy of the hint has requested a first backup for this id. */
export function isCoveredByAll(
  policies: FirstBackupPolicy[],
  { lookup, generation }: PendingHint,
  id: string,
  open: OpenFirstBackup[],
): boolean {
  return policies
    .filter(({ name }) => lookup.policy === undefined || lookup.policy === name)
    .every((policy) => isCovered(policy, id, generation, open));
}

/** Returns the ids of a hint for which no phone is known yet, with the reason. */
function unresolved(hint: PendingHint, { phones, policies, open }: Facts): Map<string, string> {
  const { phones: named, servers, others, change } = hint.lookup;
  const waits = new Map<string, string>();
  const waitForPhones = (id: string, ifNone: string): void => {
    const found = phonesOn(hint, phones, id);
    if (found === undefined) waits.set(id, 'not_fetched');
    else if (found.length === 0) waits.set(id, ifNone);
  };
  for (const id of servers) waitForPhones(id, change === 'created' ? 'order' : 'not_found');
  for (const id of others) {
    if (isCoveredByAll(policies, hint, id, open)) continue;
    const phone = phones.phones.get(id);
    if (phone === null) waitForPhones(id, 'order');
    else if (phone === undefined) waits.set(id, 'not_fetched');
  }
  if (named.length + servers.length + others.length === 0) waits.set('', 'order');
  return waits;
}

/** Returns the phones that a hint names: null for one that does not exist, undefined for one that was not fetched. */
function phonesOf(
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
  { lookup, droppedAt }: PendingHint,
  { servers }: FetchedPhones,
  serverId: string,
): Phone[] | undefined {
  const phones = servers.get(serverId);
  if (lookup.change !== 'created') return phones;
  const from = Math.min(lookup.at ?? droppedAt, droppedAt) - PURCHASE_MARGIN_MS;
  return phones?.filter(({ created_at: created = from }) => created >= from);
}

/** Returns why no first backup can be requested for the phone now; undefined when it can. */
function waitReason(
  policy: FirstBackupPolicy,
  hint: PendingHint,
  phone: Phone | null,
  open: OpenFirstBackup[],
): string | undefined {
  if (phone === null) return 'not_found';
  if (!policy.selects(toCandidate(phone))) return 'not_selected';
  if (hint.lookup.change === 'discovered' && !isNewTo(policy, phone)) return 'not_selected';
  const isExported = open.some(
    (run) => run.policy === policy.name && run.inProgress.has(phone.phone_id),
  );
  if (hint.generation === 0 && isExported) return 'being_exported';
  return phoneState(phone.status) === 'exportable' ? undefined : phone.status;
}

/** Returns true for a phone created since the policy was first seen with `on_provisioned`. */
export function isNewTo({ since }: Pick<FirstBackupPolicy, 'since'>, phone: Phone): boolean {
  return phone.created_at !== undefined && phone.created_at + SECOND > since;
}

function lastRequestedAt(
  { name, lastRequested }: FirstBackupPolicy,
  open: OpenFirstBackup[],
): number {
  const own = open.filter(({ policy, requested }) => policy === name && requested.size > 0);
  const times = [...Object.values(lastRequested), ...own.map(({ requestedAt }) => requestedAt)];
  return times.reduce((last, time) => Math.max(last, time), 0);
}
