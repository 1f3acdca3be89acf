import type { Leftovers, Locale, Notification } from './notification.ts';
import { failedLines, lateLines, unreadyLines } from './phone-lines.ts';
import { phraseOf, reasonPhrase } from './phrase.ts';
import { timeText } from './time-text.ts';
import type { Wording } from './wording.ts';
import { wordings } from './wordings.ts';

type Settled = Extract<Notification, { kind: 'settled' | 'restore' | 'drill' }>;

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
  if (kind === 'settled' || kind === 'restore' || kind === 'drill') {
    return settledText(notification, wordings[locale.language]);
  }
  if (kind === 'unreadable') return unreadableText(notification);
  if (kind === 'heartbeat') return undefined;
  const { sentence, advice, space } = wordings[locale.language];
  const sentences = [sentence(phraseOf(notification, locale)), advice[kind]];
  return sentences.filter((text) => text !== undefined).join(space);
}

/** Returns the text of an e-mail, which lists at most `max` phones. */
export function emailText(notification: Notification, max: number, locale: Locale): string {
  const wording = wordings[locale.language];
  // A restore has no policy, only a name.
  const hasPolicy = 'policy' in notification && notification.kind !== 'restore';
  const policy = hasPolicy ? notification.policy : undefined;
  const lines = [
    policy === undefined ? undefined : wording.policy(policy),
    'run_id' in notification && notification.run_id !== undefined
      ? wording.run(notification.run_id)
      : undefined,
    ...bodyLines(notification, locale),
    'report' in notification
      ? wording.report(`obs://${notification.report.bucket}/${notification.report.key}`)
      : undefined,
    ...('counts' in notification ? failedLines(notification, max, wording) : []),
    ...(notification.kind === 'stale' ? lateLines(notification, max, locale) : []),
    ...(notification.kind === 'missed' ? unreadyLines(notification.missed, wording) : []),
  ];
  return lines.filter((line) => line !== undefined).join('\n');
}

function bodyLines(notification: Notification, locale: Locale): (string | undefined)[] {
  const wording = wordings[locale.language];
  switch (notification.kind) {
    case 'settled':
    case 'restore':
    case 'drill': {
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

/** Why the run ended early, and what it met on the way. */
function settledText(notification: Settled, wording: Wording): string | undefined {
  const { message } = notification;
  const problems = shortfalls(notification, wording);
  if (problems.length === 0) return message;
  const first = message === undefined ? [] : [`${message.replace(/\.$/, '')}.`];
  return first.concat(problems).join(' ');
}

/** Which archives are suspiciously small or stay, and which servers are missing. */
function shortfalls(settled: Settled, wording: Wording): string[] {
  const { leftovers, missingServers: missing, suspects } = settled;
  return [
    ...(suspects === undefined ? [] : [wording.suspectAdvice(suspects.count, suspects.phones)]),
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
