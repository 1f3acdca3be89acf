import type { Block } from '../../../ledger/retention/state.ts';
import { parseStamp } from '../../../policy/keys/stamp.ts';
import type { Locale, Notification } from './notification.ts';
import { timeText } from './time-text.ts';
import { lastsFor, type Wording } from './wording.ts';
import { wordings } from './wordings.ts';

/** Returns what happened, in a few words and without the policy. */
export function phraseOf(notification: Notification, locale: Locale): string {
  const wording = wordings[locale.language];
  switch (notification.kind) {
    case 'settled':
    case 'restore':
    case 'drill': {
      const { reason, counts, leftovers, suspects } = notification;
      const isDrill = notification.kind === 'drill';
      const ended = wording.runOutcomes[notification.outcome];
      const outcome = isDrill ? drillPhrase(notification.drill, wording) : ended;
      if (reason !== undefined) return wording.because(outcome, reasonPhrase(reason, wording));
      const left = leftovers === undefined ? [] : [wording.notDeleted(leftovers.count)];
      const small = suspects === undefined ? [] : [wording.suspects(suspects.count)];
      return [outcome, wording.exported(counts), ...small, ...left].join(wording.comma);
    }
    case 'missed': {
      const { reason, first, last, slots, first_backups: phones } = notification.missed;
      const time = (stamp: string) => timeText(parseStamp(stamp) ?? 0, locale);
      if (phones !== undefined) return wording.noFirstBackup(phones.count, time(first));
      const times = { first: time(first), last: time(last), slots };
      return wording.because(wording.missed(times), reasonPhrase(reason, wording));
    }
    case 'unreadable': {
      const { run_id, code, object, archives } = notification;
      const ofLedger = run_id === undefined ? wording.unusable : wording.quarantined;
      const what = archives === undefined ? ofLedger : wording.notReadable(archives);
      return `${wording.because(what, reasonPhrase(code, wording))}${wording.colon}${object.key}`;
    }
    case 'stale': {
      const phrase = stalePhrase(notification, locale);
      const age = lastsFor(notification.at - notification.since);
      return age === undefined ? phrase : wording.still(age, phrase);
    }
    case 'recovered':
      return wording.recovered;
    case 'credentials': {
      const { code, since } = notification;
      return wording.withCodes(wording.credentials(timeText(since, locale)), [code]);
    }
    case 'prune': {
      const { pruned, codes } = notification;
      const { blocked, refused, missing } = pruned;
      if (blocked === 'max_delete') return wording.tooManyDeletes(pruned.due, pruned.standing);
      if (blocked === undefined) {
        const refusal = wording.withCodes(wording.keptByBucket(refused), codes);
        const parts = [
          ...(missing > 0 ? [wording.lastGoodMissing(missing)] : []),
          ...(refused > 0 ? [refusal] : []),
        ];
        return parts.join(wording.comma);
      }
      return wording.because(wording.notPruned, reasonPhrase(reasonOf(blocked), wording));
    }
    case 'heartbeat': {
      const { date, day } = notification;
      const parts = { year: date.slice(0, 4), month: date.slice(4, 6), day: date.slice(6, 8) };
      const counts = wording.summaryParts(day).join(wording.comma);
      return `${wording.summary(parts)}${wording.colon}${counts}`;
    }
  }
}

function stalePhrase(
  { phones, objective, goodAt, limit }: Extract<Notification, { kind: 'stale' }>,
  locale: Locale,
): string {
  const wording = wordings[locale.language];
  if (phones === undefined) return wording.noGoodRun(timeText(goodAt, locale));
  return wording.stale(phones, { ...objective, since: timeText(limit, locale) });
}

const reasonOf = (blocked: Block): string =>
  blocked === 'unreadable' ? 'object_unreadable' : blocked;

/** Returns the reason in words and its code; an unknown code alone. */
export function reasonPhrase(code: string, { reasons, withCodes }: Wording): string {
  const phrase = Object.hasOwn(reasons, code) ? reasons[code] : undefined;
  return phrase === undefined ? code : withCodes(phrase, [code]);
}

function drillPhrase(
  { verdict, seconds }: Extract<Notification, { kind: 'drill' }>['drill'],
  wording: Wording,
): string {
  return wording.drill(verdict, seconds === undefined ? undefined : Math.ceil(seconds / 60));
}
