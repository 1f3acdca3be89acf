import type { OldPhone } from '../../../ledger/state/freshness.ts';
import { cutText } from '../../../visible.ts';
import type { EndedPhone, MissedSlots, Notification, RestoreChecks } from './notification.ts';
import { shortCode } from './story/causes.ts';

/** The most phones that programs get. */
const MAX_LISTED = 50;
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
  started_at?: string;
  settled_at?: string;
  bytes?: number;
  message?: string | undefined;
  /** What a service, or Phonevault, said. */
  detail?: string | undefined;
  hint?: string | undefined;
  undone?: object | undefined;
  leftovers?: object | undefined;
  suspects?: object | undefined;
  hooks?: object | undefined;
  checks?: object | undefined;
  archives?: object | undefined;
  drill?: object | undefined;
  codes?: string[];
  object?: { bucket: string; key: string };
  since?: string;
  checked_at?: string;
  held_until?: string;
  objective?: object;
  phones?: object | null;
  day?: object;
};

const none = { run_id: null, policy: null, outcome: null, counts: null, report: null };

/** Returns what programs get. `message`: what people get, in one line. */
export function fieldsOf(notification: Notification, message: string): Fields {
  const { kind } = notification;
  switch (notification.kind) {
    case 'settled':
    case 'restore':
    case 'drill': {
      const { run_id, policy, outcome, counts, report, reason, ...more } = notification;
      const { leftovers, suspects, hooks, checks, bytes } = more;
      const known = { run_id, policy, outcome, counts, report, reason };
      const drill = notification.kind === 'drill' ? notification.drill : undefined;
      const times = { started_at: iso(more.started_at), settled_at: iso(more.settled_at) };
      const small = suspects && { count: suspects.count, phones: suspects.phones };
      const said = { message, detail: more.message, undone: more.undone };
      const failed = hooks && { count: hooks.count, commands: hooks.commands };
      const found = { leftovers, suspects: small, hooks: failed, checks: numbersOf(checks) };
      return { kind, ...known, drill, ...times, bytes, ...said, ...found };
    }
    case 'missed': {
      const { policy, missed } = notification;
      return { kind, ...none, policy, reason: missedReason(missed), message };
    }
    case 'unreadable': {
      const { run_id = null, policy = null, object, code, ...more } = notification;
      const { since, held_until, archives, message: detail, hint } = more;
      const known = { run_id, policy, object, reason: code, since: iso(since) };
      const held = held_until === undefined ? {} : { held_until: iso(held_until) };
      const bad = archives && { ...archives, names: undefined };
      return { kind, ...none, ...known, ...held, archives: bad, message, detail, hint };
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
      return { kind, ...none, reason: date, day, message };
    }
  }
}

/** Programs find the phones in the report. */
function numbersOf(checks: RestoreChecks | undefined): object | undefined {
  if (checks === undefined) return undefined;
  const { leftovers, wrong_owners, unseen } = checks;
  return { leftovers, wrong_owners, unseen };
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
    return { failed: failed.slice(0, MAX_LISTED).map(listedPhone), total: failed.length };
  }
  if (notification.kind === 'missed') {
    const { count = 0, phones = [] } = notification.missed.first_backups ?? {};
    const failed = phones.map((phone) => listedPhone({ ...phone, outcome: 'skipped' }));
    return { failed, total: count };
  }
  if (notification.kind !== 'stale') return { failed: [], total: 0 };
  const { late, phones } = notification;
  const total = phones === undefined ? late.length : phones.late + phones.never;
  return { failed: late.slice(0, MAX_LISTED).map(latePhone), total };
}

/** Programs get names as they are, but no longer than CPH allows. */
function listedPhone({ phone_id, phone_name, outcome, reason, code }: EndedPhone): object {
  return {
    phone_id,
    phone_name: cutText(phone_name, MAX_NAME_CHARACTERS),
    outcome,
    reason: shortCode(reason),
    code: shortCode(code),
  };
}

function latePhone({ verified_at, ...phone }: OldPhone): object {
  return {
    ...listedPhone(phone),
    last_backup: verified_at === undefined ? null : iso(verified_at),
  };
}
