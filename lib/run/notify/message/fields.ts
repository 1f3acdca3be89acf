import type { OldPhone } from '../../../ledger/state/freshness.ts';
import { cutText } from '../../../visible.ts';
import type { MissedSlots, Notification } from './notification.ts';
import { shortened } from './phone-lines.ts';

/** The most phones that a message lists. */
export const MAX_LISTED = 50;
/** CPH allows 65. */
const MAX_NAME_CHARACTERS = 80;

/** What programs get besides the version, the id and the phones. `run_id` to `report` are null where they do not apply. */
export type Fields = {
  kind: string;
  run_id: string | null;
  policy: string | null;
  outcome: string | null;
  counts: object | null;
  report: object | null;
  reason?: string | undefined;
  message?: string | undefined;
  leftovers?: object | undefined;
  suspects?: object | undefined;
  archives?: object | undefined;
  drill?: object | undefined;
  codes?: string[];
  object?: { bucket: string; key: string };
  since?: string;
  checked_at?: string;
  objective?: object;
  phones?: object | null;
  day?: object;
};

const none = { run_id: null, policy: null, outcome: null, counts: null, report: null };

/** Returns what programs get. `message`: the same text as people get. */
export function fieldsOf(notification: Notification, message: string | undefined): Fields {
  const { kind } = notification;
  switch (notification.kind) {
    case 'settled':
    case 'restore':
    case 'drill': {
      const { run_id, policy, outcome, counts, report, reason, ...more } = notification;
      const { leftovers, suspects } = more;
      const known = { run_id, policy, outcome, counts, report, reason };
      const drill = notification.kind === 'drill' ? notification.drill : undefined;
      return { kind, ...known, drill, message, leftovers, suspects };
    }
    case 'missed': {
      const { policy, missed } = notification;
      return { kind, ...none, policy, reason: missedReason(missed), message };
    }
    case 'unreadable': {
      const { run_id = null, policy = null, object, code, archives } = notification;
      const since = iso(notification.since);
      return { kind, ...none, run_id, policy, object, reason: code, since, archives, message };
    }
    case 'stale': {
      const { policy, phones, at, objective } = notification;
      const reason = phones === undefined ? 'no_good_run' : 'late_phones';
      const since = iso(notification.since);
      const found = { since, checked_at: iso(at), objective: objectiveOf(objective) };
      return { kind, ...none, policy, reason, ...found, phones: phones ?? null, message };
    }
    case 'recovered': {
      const { run_id, policy, report } = notification;
      return { kind, ...none, run_id, policy, report, since: iso(notification.since), message };
    }
    case 'credentials': {
      const { code, since } = notification;
      return { kind, ...none, reason: `${code} since ${iso(since)}`, message };
    }
    case 'prune': {
      const { policy, pruned, codes } = notification;
      const { blocked, standing, due, deleted, refused, missing } = pruned;
      const reason = blocked ?? (missing > 0 ? 'missing' : 'refused');
      const counts = { standing, due, deleted, refused, missing };
      return { kind, ...none, policy, outcome: reason, counts, reason, codes, message };
    }
    case 'heartbeat': {
      const { date, day } = notification;
      return { kind, ...none, reason: date, day };
    }
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** For programs: the reason, then the slots by their stamps. */
function missedReason({ reason, first, last, slots, first_backups }: MissedSlots): string {
  if (first_backups !== undefined) {
    const { count, phones } = first_backups;
    return `${reason}: ${count} since ${first}, first ${phones[0]?.phone_id ?? 'unknown'}`;
  }
  if (slots === 0) return `${reason}: since ${first}`;
  return `${reason}: ${slots === 1 ? `slot ${last}` : `${slots} slots from ${first} to ${last}`}`;
}

/** For programs: durations as in policies would need a parser. */
function objectiveOf({
  max_age,
  phones,
}: {
  max_age?: number | undefined;
  phones: number;
}): object {
  return { max_age_seconds: max_age === undefined ? null : max_age / 1000, phones_percent: phones };
}

/** Returns the phones to list, at most 50, and how many there are. */
export function phonesOf(notification: Notification): { failed: object[]; total: number } {
  if ('failed' in notification) {
    const { failed } = notification;
    return { failed: failed.slice(0, MAX_LISTED).map(shortened), total: failed.length };
  }
  if (notification.kind === 'missed') {
    const { count = 0, phones = [] } = notification.missed.first_backups ?? {};
    const failed = phones.map((phone) => ({
      ...phone,
      phone_name: cutText(phone.phone_name, MAX_NAME_CHARACTERS),
      outcome: 'skipped',
    }));
    return { failed, total: count };
  }
  if (notification.kind !== 'stale') return { failed: [], total: 0 };
  const { late, phones } = notification;
  const total = phones === undefined ? late.length : phones.late + phones.never;
  return { failed: late.slice(0, MAX_LISTED).map(latePhone), total };
}

function latePhone({ phone_name, verified_at, ...phone }: OldPhone): object {
  const last_backup = verified_at === undefined ? null : iso(verified_at);
  const { phone_id, ...why } = shortened(phone);
  return { phone_id, phone_name: cutText(phone_name, MAX_NAME_CHARACTERS), ...why, last_backup };
}
