import { cutText } from '../../../visible.ts';
import type { FailedPhone, Locale, MissedSlots, Notification } from './notification.ts';
import { timeText } from './time-text.ts';
import type { Wording } from './wording.ts';
import { wordings } from './wordings.ts';

type Settled = Extract<Notification, { kind: 'settled' | 'restore' | 'drill' }>;

const MAX_CODE_CHARACTERS = 64;

/** Returns a heading and a line for each phone, at most `max`. */
export function failedLines({ kind, failed }: Settled, max: number, wording: Wording): string[] {
  if (failed.length === 0) return [];
  const { colon, notExported, notRestored, more } = wording;
  const lines = failed
    .slice(0, max)
    .map((phone) => `- ${phone.phone_id}${colon}${failureText(phone, wording)}`);
  return [
    kind === 'settled' ? notExported : notRestored,
    ...lines,
    ...(failed.length > lines.length ? [more(failed.length - lines.length)] : []),
  ];
}

function failureText(phone: FailedPhone, wording: Wording): string {
  const { outcome, reason, code } = shortened(phone);
  const { reasons, phoneOutcomes, withCodes } = wording;
  const known = Object.hasOwn(reasons, reason ?? '') ? reasons[reason ?? ''] : undefined;
  const codes = [reason, code].filter((text) => text !== undefined);
  return withCodes(known ?? phoneOutcomes[outcome], codes);
}

/** Returns a phone with its outcome, its codes cut to 64 characters. */
export function shortened({ phone_id, outcome, reason, code }: FailedPhone): FailedPhone {
  return {
    phone_id,
    outcome,
    ...(reason === undefined ? {} : { reason: cutText(reason, MAX_CODE_CHARACTERS) }),
    ...(code === undefined ? {} : { code: cutText(code, MAX_CODE_CHARACTERS) }),
  };
}

/** Returns a line for each phone that waits for its first backup. */
export function unreadyLines({ first_backups: first }: MissedSlots, wording: Wording): string[] {
  if (first === undefined) return [];
  const { colon, withCodes, moreLate } = wording;
  const lines = first.phones.map(({ phone_id, phone_name, reason }) => {
    const name = phone_name === '' ? phone_id : withCodes(phone_name, [phone_id]);
    return `- ${name}${colon}${cutText(reason, MAX_CODE_CHARACTERS)}`;
  });
  const more = first.count - lines.length;
  return more > 0 ? [...lines, moreLate(more)] : lines;
}

/** Returns a heading and a line for each phone without a recent backup, at most `max`. */
export function lateLines(
  { late, phones }: Extract<Notification, { kind: 'stale' }>,
  max: number,
  locale: Locale,
): string[] {
  if (late.length === 0 || phones === undefined) return [];
  const wording = wordings[locale.language];
  const { colon, comma, lastBackup, noRecentBackup, moreLate } = wording;
  const lines = late.slice(0, max).map((phone) => {
    const { phone_id, phone_name, verified_at, outcome } = phone;
    const name = phone_name === '' ? phone_id : wording.withCodes(phone_name, [phone_id]);
    const backup = lastBackup(
      verified_at === undefined ? undefined : timeText(verified_at, locale),
    );
    const failure = outcome === 'exported' ? [] : [failureText(phone, wording)];
    return `- ${name}${colon}${[backup, ...failure].join(comma)}`;
  });
  const more = phones.late + phones.never - lines.length;
  return [noRecentBackup, ...lines, ...(more > 0 ? [moreLate(more)] : [])];
}
