import { phoneState } from '../../policy/selection/states.ts';
import type { Phone } from '../../cloud/cph/phone.ts';
import { toCandidate } from '../deps.ts';
import { isCovered, type OpenFirstBackup } from './covered.ts';
import { phonesOf, unresolvedIds } from './hints/hint-phones.ts';
import type { FetchedPhones } from './hints/look-up.ts';
import type { PendingHint } from './hints/pending-hints.ts';
import { type FirstBackupPolicy, isNewTo } from './policies.ts';
import type { UnreadyPhone } from './hints/report-unready.ts';

const MINUTE = 60_000;
/** Phones whose hints arrive within this time share a run. */
const WINDOW_MS = 5 * MINUTE;

/** The phones of a policy that need their first backup, with their generations. */
export type FirstBackupRequest = { policy: string; phones: Map<string, number> };

export type Decision = {
  requests: FirstBackupRequest[];
  /** What a hint still waits for: the reason by phone or id. A hint that waits for nothing is done. */
  waits: Map<PendingHint, Map<string, string>>;
  /** The phones that a policy cannot request now, but for those that CPH does not list. */
  unready: UnreadyPhone[];
  /** When the first of the windows ends (epoch ms); infinite without any. */
  windowEndsAt: number;
};

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
  const { phones, policies, open, now } = facts;
  const waits: Decision['waits'] = new Map(
    hints.map((hint) => [hint, unresolvedIds(hint, phones, policies, open)]),
  );
  const requests: FirstBackupRequest[] = [];
  const unready: UnreadyPhone[] = [];
  let windowEndsAt = Number.POSITIVE_INFINITY;
  for (const policy of policies) {
    const { ready, first, starting, waiting } = readyPhones(hints, policy, facts);
    for (const { hint, phone_id, reason } of waiting) waits.get(hint)?.set(phone_id, reason);
    unready.push(...waiting.filter(({ reason }) => reason !== 'not_found'));
    const window = starting ? 2 * WINDOW_MS : WINDOW_MS;
    const endsAt = Math.max(first + window, lastRequestedAt(policy, open) + WINDOW_MS);
    if (now >= endsAt) {
      const generations = [...ready].map(([id, { generation }]) => [id, generation] as const);
      requests.push({ policy: policy.name, phones: new Map(generations) });
      continue;
    }
    windowEndsAt = Math.min(windowEndsAt, endsAt);
    for (const [id, { hints: own }] of ready) {
      for (const hint of own) waits.get(hint)?.set(id, 'window');
    }
  }
  return { requests, waits, unready, windowEndsAt };
}

type Ready = {
  ready: Map<string, { generation: number; hints: PendingHint[] }>;
  /** When the first of their hints was stored (epoch ms). */
  first: number;
  /** Whether other phones will run soon. */
  starting: boolean;
  /** The phones that it cannot request now. */
  waiting: UnreadyPhone[];
};

/** Returns the phones that the policy can request now, and why it cannot request the others. */
function readyPhones(
  hints: PendingHint[],
  policy: FirstBackupPolicy,
  { phones, open }: Facts,
): Ready {
  const none = { ready: new Map(), first: Number.POSITIVE_INFINITY };
  const result: Ready = { ...none, starting: false, waiting: [] };
  for (const hint of hints) {
    if (hint.lookup.policy !== undefined && hint.lookup.policy !== policy.name) continue;
    for (const [id, phone] of phonesOf(hint, phones)) {
      if (isCovered(policy, id, hint.generation, open)) continue;
      const reason = waitReason(policy, hint, phone, open);
      if (reason === 'not_selected') continue;
      if (reason !== undefined) {
        const named = { phone_id: id, phone_name: phone?.phone_name ?? '' };
        result.waiting.push({ hint, policy: policy.name, ...named, reason });
        result.starting ||= phone != null && phoneState(phone.status) === 'passing';
        continue;
      }
      const { generation = 0, hints: others = [] } = result.ready.get(id) ?? {};
      result.ready.set(id, {
        generation: Math.max(generation, hint.generation),
        hints: [...others, hint],
      });
      result.first = Math.min(result.first, hint.writtenAt);
    }
  }
  return result;
}

/** Returns why no first backup can be requested for the phone now; undefined when it can. */
function waitReason(
  policy: FirstBackupPolicy,
  hint: PendingHint,
  phone: Phone | null | undefined,
  open: OpenFirstBackup[],
): string | undefined {
  if (phone === undefined) return 'not_fetched';
  if (phone === null) return 'not_found';
  if (!policy.selects(toCandidate(phone))) return 'not_selected';
  if (hint.lookup.change === 'discovered' && !isNewTo(policy, phone)) return 'not_selected';
  if (policy.tagsUnknown === true) return 'tags_unknown';
  const isExported = open.some(
    (run) => run.policy === policy.name && run.inProgress.has(phone.phone_id),
  );
  if (hint.generation === 0 && isExported) return 'being_exported';
  return phoneState(phone.status) === 'exportable' ? undefined : phone.status;
}

function lastRequestedAt(
  { name, lastRequested }: FirstBackupPolicy,
  open: OpenFirstBackup[],
): number {
  const own = open.filter(({ policy, requested }) => policy === name && requested.size > 0);
  const times = [...Object.values(lastRequested), ...own.map(({ requestedAt }) => requestedAt)];
  return times.reduce((last, time) => Math.max(last, time), 0);
}
