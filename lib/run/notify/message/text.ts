import { parseStamp } from '../../../policy/keys/stamp.ts';
import type {
  FailedPhone,
  Language,
  Leftovers,
  Locale,
  MissedSlots,
  Notification,
} from './notification.ts';
import { english } from './text-en.ts';
import { cutText } from '../../../visible.ts';
import { chinese } from './text-zh.ts';
import type { Wording } from './wording.ts';

const MAX_CODE_CHARACTERS = 64;

type Settled = Extract<Notification, { kind: 'settled' }>;

const wordings: Record<Language, Wording> = { en: english, zh: chinese };

/** Returns one line for subjects and text messages: the policy, then what happened. */
export function headline(notification: Notification, locale: Locale): string {
  const wording = wordings[locale.language];
  const what = phraseOf(notification, locale);
  const policy = 'policy' in notification ? notification.policy : undefined;
  return policy === undefined ? what : `${policy}${wording.colon}${what}`;
}

/** Returns what happened and what to do in sentences; undefined where numbers say it. */
export function messageText(notification: Notification, locale: Locale): string | undefined {
  const { kind } = notification;
  if (kind === 'settled') return settledText(notification, wordings[locale.language]);
  if (kind === 'unreadable') return unreadableText(notification);
  if (kind === 'heartbeat') return undefined;
  const { sentence, advice, space } = wordings[locale.language];
  const sentences = [sentence(phraseOf(notification, locale)), advice[kind]];
  return sentences.filter((text) => text !== undefined).join(space);
}

/** Returns the text of an e-mail, which lists at most `max` phones. */
export function emailText(notification: Notification, max: number, locale: Locale): string {
  const wording = wordings[locale.language];
  const policy = 'policy' in notification ? notification.policy : undefined;
  const lines = [
    policy === undefined ? undefined : wording.policy(policy),
    'run_id' in notification && notification.run_id !== undefined
      ? wording.run(notification.run_id)
      : undefined,
    ...bodyLines(notification, locale),
    'report' in notification
      ? wording.report(`obs://${notification.report.bucket}/${notification.report.key}`)
      : undefined,
    ...(notification.kind === 'settled' ? failedLines(notification.failed, max, wording) : []),
    ...(notification.kind === 'stale' ? lateLines(notification, max, locale) : []),
    ...(notification.kind === 'missed' ? unreadyLines(notification.missed, wording) : []),
  ];
  return lines.filter((line) => line !== undefined).join('\n');
}

function bodyLines(notification: Notification, locale: Locale): (string | undefined)[] {
  const wording = wordings[locale.language];
  switch (notification.kind) {
    case 'settled': {
      const { outcome, reason, message, counts } = notification;
      const why = reason === undefined ? undefined : wording.reason(reasonPhrase(reason, wording));
      const problems = shortfalls(notification, wording);
      return [wording.result(outcome), why, message, wording.phones(counts), ...problems];
    }
    case 'unreadable':
      return [wording.sentence(phraseOf(notification, locale)), unreadableText(notification)];
    case 'heartbeat': {
      const { day } = notification;
      const time = (iso: string) => timeText(Date.parse(iso), locale);
      return wording.summaryLines(day, time(day.since), time(day.until));
    }
    default:
      return [messageText(notification, locale)];
  }
}

function phraseOf(notification: Notification, locale: Locale): string {
  const wording = wordings[locale.language];
  switch (notification.kind) {
    case 'settled': {
      const { reason, counts, leftovers } = notification;
      const outcome = wording.runOutcomes[notification.outcome];
      if (reason !== undefined) return wording.because(outcome, reasonPhrase(reason, wording));
      const left = leftovers === undefined ? [] : [wording.notDeleted(leftovers.count)];
      return [outcome, wording.exported(counts), ...left].join(wording.comma);
    }
    case 'missed': {
      const { reason, first, last, slots, first_backups: phones } = notification.missed;
      const time = (stamp: string) => timeText(parseStamp(stamp) ?? 0, locale);
      if (phones !== undefined) return wording.noFirstBackup(phones.count, time(first));
      const times = { first: time(first), last: time(last), slots };
      return wording.because(wording.missed(times), reasonPhrase(reason, wording));
    }
    case 'unreadable': {
      const { run_id, code, object } = notification;
      const what = run_id === undefined ? wording.unusable : wording.quarantined;
      return `${wording.because(what, reasonPhrase(code, wording))}${wording.colon}${object.key}`;
    }
    case 'stale': {
      const { phones, objective, goodAt, limit } = notification;
      if (phones === undefined) return wording.noGoodRun(timeText(goodAt, locale));
      return wording.stale(phones, { ...objective, since: timeText(limit, locale) });
    }
    case 'recovered':
      return wording.recovered;
    case 'credentials': {
      const { code, since } = notification;
      return wording.withCodes(wording.credentials(timeText(since, locale)), [code]);
    }
    case 'heartbeat': {
      const { date, day } = notification;
      const parts = { year: date.slice(0, 4), month: date.slice(4, 6), day: date.slice(6, 8) };
      const counts = wording.summaryParts(day).join(wording.comma);
      return `${wording.summary(parts)}${wording.colon}${counts}`;
    }
  }
}

function reasonPhrase(code: string, { reasons, withCodes }: Wording): string {
  const phrase = Object.hasOwn(reasons, code) ? reasons[code] : undefined;
  return phrase === undefined ? code : withCodes(phrase, [code]);
}

/** Why the run ended early, and what it met on the way. */
function settledText(notification: Settled, wording: Wording): string | undefined {
  const { message } = notification;
  const problems = shortfalls(notification, wording);
  if (problems.length === 0) return message;
  const first = message === undefined ? [] : [`${message.replace(/\.$/, '')}.`];
  return first.concat(problems).join(' ');
}

/** Which archives stay, and which servers are missing. */
function shortfalls({ leftovers, missingServers: missing }: Settled, wording: Wording): string[] {
  return [
    ...(leftovers === undefined ? [] : [leftoversText(leftovers, wording)]),
    ...(missing === undefined ? [] : [wording.missingServers(missing.count, missing.first)]),
  ];
}

function leftoversText({ count, codes }: Leftovers, wording: Wording): string {
  const phrase = wording.withCodes(wording.notDeleted(count), codes);
  return `${wording.sentence(phrase)}${wording.space}${wording.leftoverAdvice}`;
}

/** What the service said, and what to do. Both are in English: they quote the service. */
function unreadableText({ message, hint }: Extract<Notification, { kind: 'unreadable' }>): string {
  return hint === undefined ? message : `${message}. ${hint}`;
}

function failedLines(failed: FailedPhone[], max: number, wording: Wording): string[] {
  if (failed.length === 0) return [];
  const { colon, notExported, more } = wording;
  const lines = failed
    .slice(0, max)
    .map((phone) => `- ${phone.phone_id}${colon}${failureText(phone, wording)}`);
  return [
    notExported,
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

function unreadyLines({ first_backups: first }: MissedSlots, wording: Wording): string[] {
  if (first === undefined) return [];
  const { colon, withCodes, moreLate } = wording;
  const lines = first.phones.map(({ phone_id, phone_name, reason }) => {
    const name = phone_name === '' ? phone_id : withCodes(phone_name, [phone_id]);
    return `- ${name}${colon}${cutText(reason, MAX_CODE_CHARACTERS)}`;
  });
  const more = first.count - lines.length;
  return more > 0 ? [...lines, moreLate(more)] : lines;
}

function lateLines(
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

const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Writes an instant (epoch ms) on the clock of the zone. */
function timeText(ms: number, { language, timezone }: Locale): string {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone: timezone, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  });
  const time = format.formatToParts(Math.min(Math.max(ms, 0), LAST_MS));
  const part = (type: string): string => time.find((one) => one.type === type)?.value ?? '';
  const clock = `${part('hour')}:${part('minute')}`;
  const [year, month, day] = [part('year'), part('month'), part('day')];
  return wordings[language].time({ year, month, day, clock, zone: timezone });
}
