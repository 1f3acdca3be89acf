import type { Language, Meaning } from '../../../../meanings/entry.ts';
import { meaningOf } from '../../../../meanings/meanings.ts';
import { parseStamp } from '../../../../policy/keys/stamp.ts';
import { causeText } from './cause-text.ts';
import { causesOf } from './causes.ts';
import { nextCommand } from './next-command.ts';
import type { Locale, Notification } from '../notification.ts';
import { type Fact, short, type Story } from './story.ts';
import { localTime, timeText } from '../words/time-text.ts';
import type { Wording } from '../words/wording.ts';
import { wordings } from '../words/wordings.ts';

type Of<K extends Notification['kind']> = Extract<Notification, { kind: K }>;

/** Returns a reason in words, and its code behind them. */
const saysWithCode = (meaning: Meaning | undefined, code: string, wording: Wording): string =>
  `${meaning?.says ?? wording.unknownReason}${wording.brackets(code)}`;

/** Why an object of the ledger, or an archive, cannot be used. */
const objectMeaning = (code: string, language: Language): Meaning | undefined =>
  meaningOf('error', code, language) ?? meaningOf('phoneReason', code, language);

/** Returns the story of slots that did not run, or of phones that get no first backup. Pure. */
export function missedStory(notification: Of<'missed'>, locale: Locale): Story {
  const { policy, missed } = notification;
  const { reason, first, last, slots, first_backups: backups } = missed;
  const { language } = locale;
  const wording = wordings[language];
  const time = (stamp: string) => timeText(parseStamp(stamp) ?? 0, locale);
  const fix = meaningOf('missed', reason, language)?.fix;
  const notes = fix === undefined ? [] : [fix];
  const next = nextCommand(notification);
  if (backups === undefined) {
    const from = parseStamp(first) ?? 0;
    const since = slots > 1 ? wording.dayAndClock(localTime(from, locale.timezone)) : time(first);
    const what = wording.missed({ first: since, last: time(last), slots });
    const why = saysWithCode(meaningOf('missed', reason, language), reason, wording);
    return { head: `${policy} ${what}`, facts: [short(why)], next, blocks: [notes] };
  }
  const phones = backups.phones.map((phone) => ({ ...phone, outcome: 'skipped' as const }));
  const causes = causesOf(phones, language);
  const lines = causes.flatMap((cause) =>
    cause.phones.map(({ phone_id, phone_name }) => {
      const name = phone_name === '' ? phone_id : `${phone_name}${wording.brackets(phone_id)}`;
      return `- ${name}${wording.colon}${cause.says}`;
    }),
  );
  const more = backups.count - phones.length;
  return {
    head: `${policy} ${wording.noFirstBackup(backups.count, time(first))}`,
    facts: [{ full: causeText(causes, wording) }],
    next,
    blocks: [[...lines, ...(more > 0 ? [`… ${wording.andMore(more)}`] : [])], notes],
  };
}

/** Returns the story of an object of the ledger that cannot be used. Pure. */
export function unreadableStory(notification: Of<'unreadable'>, locale: Locale): Story {
  const { policy, run_id, object, code, message, hint, since, archives, held_until } = notification;
  const { language } = locale;
  const wording = wordings[language];
  const ofLedger = run_id === undefined ? wording.ledger : wording.quarantined;
  const what = archives === undefined ? ofLedger : wording.archives;
  // The hint is in English, and says more than the table.
  const fix = language === 'en' ? hint : undefined;
  const known = fix ?? objectMeaning(code, language)?.fix;
  return {
    head: policy === undefined ? `Phonevault ${what}` : `${policy} ${what}`,
    facts: [
      ...(held_until === undefined ? [] : [short(wording.heldUntil(timeText(held_until, locale)))]),
      ...(archives === undefined ? [] : [archivesFact(archives, wording)]),
      short(saysWithCode(objectMeaning(code, language), code, wording)),
      ...(archives === undefined ? [{ full: object.key }] : []),
      { full: wording.since(timeText(since, locale)) },
    ],
    next: nextCommand(notification),
    blocks: [
      [
        ...(run_id === undefined ? [] : [wording.run(run_id)]),
        wording.object(`obs://${object.bucket}/${object.key}`),
      ],
      [wording.quote(message), ...(known === undefined ? [] : [wording.sentence(known)])],
    ],
  };
}

function archivesFact(
  { names, ...archives }: NonNullable<Of<'unreadable'>['archives']>,
  wording: Wording,
): Fact {
  const brief = wording.notReadable(archives);
  const more = archives.count - names.length;
  const first = names.join(wording.listComma);
  const named = brief + wording.brackets(more > 0 ? `${first} ${wording.andMore(more)}` : first);
  return { full: named, named, brief };
}

/** Returns the story of a policy that is up to date again. Pure. */
export function recoveredStory(notification: Of<'recovered'>, locale: Locale): Story {
  const wording = wordings[locale.language];
  const { policy, run_id, report, since } = notification;
  return {
    head: `${policy} ${wording.recovered}`,
    facts: [short(wording.upToDate), short(wording.staleSince(timeText(since, locale)))],
    next: nextCommand(notification),
    blocks: [[wording.run(run_id)], [wording.report(`obs://${report.bucket}/${report.key}`)]],
  };
}

/** Returns the story of refused credentials. Pure. */
export function credentialsStory(notification: Of<'credentials'>, locale: Locale): Story {
  const wording = wordings[locale.language];
  const { code, since } = notification;
  const fix = meaningOf('error', code, locale.language)?.fix;
  return {
    head: `Phonevault ${wording.credentials(timeText(since, locale))}`,
    facts: [short(wording.nothingRuns + wording.brackets(code))],
    next: nextCommand(notification),
    blocks: fix === undefined ? [] : [[fix]],
  };
}

/** Returns the story of retention rules that were not applied. Pure. */
export function pruneStory(notification: Of<'prune'>, locale: Locale): Story {
  const wording = wordings[locale.language];
  const { policy, pruned, codes } = notification;
  const { blocked, refused, missing, due, standing, message } = pruned;
  const problems = [...(missing > 0 ? ['missing'] : []), ...(refused > 0 ? ['refused'] : [])];
  const fixes = (blocked === undefined ? problems : [blocked]).flatMap(
    (code) => meaningOf('prune', code, locale.language)?.fix ?? [],
  );
  return {
    head: `${policy} ${wording.retention}`,
    facts: pruneFacts(),
    next: nextCommand(notification),
    blocks: [
      message === undefined ? [] : [wording.quote(message)],
      [...fixes, wording.backupsGoOn],
    ],
  };

  function pruneFacts(): Fact[] {
    if (blocked === 'max_delete') return [short(wording.tooManyDeletes(due, standing))];
    if (blocked !== undefined) {
      return [
        short(
          wording.notPruned(
            saysWithCode(meaningOf('prune', blocked, locale.language), blocked, wording),
          ),
        ),
      ];
    }
    const said = codes.length === 0 ? '' : wording.brackets(codes.join(wording.comma));
    return [
      ...(missing > 0 ? [short(wording.lastGoodMissing(missing))] : []),
      ...(refused > 0 ? [short(wording.keptByBucket(refused) + said)] : []),
    ];
  }
}

/** Returns the story of a day. Pure. */
export function heartbeatStory(notification: Of<'heartbeat'>, locale: Locale): Story {
  const wording = wordings[locale.language];
  const { date, day } = notification;
  const parts = { year: date.slice(0, 4), month: date.slice(4, 6), day: date.slice(6, 8) };
  const time = (iso: string) => timeText(Date.parse(iso), locale);
  return {
    head: `Phonevault ${wording.summary(parts)}`,
    facts: wording.summaryParts(day).map(short),
    next: nextCommand(notification),
    blocks: [wording.summaryLines(day, time(day.since), time(day.until))],
  };
}
