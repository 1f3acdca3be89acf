import { inOneUnit } from '../../../../amounts.ts';
import { firstRanges } from '../../../../name-ranges.ts';
import { causesOf, namesOf } from './causes.ts';
import { nextCommand } from './next-command.ts';
import type { Locale, Notification } from '../notification.ts';
import { type Fact, short, type Story } from './story.ts';
import { timeText } from '../words/time-text.ts';
import { lastsFor } from '../words/wording.ts';
import { wordings } from '../words/wordings.ts';

type Stale = Extract<Notification, { kind: 'stale' }>;

const LINE = { max: 4, characters: 90 };
/** The most phones that an e-mail lists. */
const MAX_LISTED = 50;

/** Returns the story of a policy of which too few phones have a recent backup. Pure. */
export function staleStory(stale: Stale, locale: Locale): Story {
  const wording = wordings[locale.language];
  const { policy, phones, objective, late, at, since, goodAt } = stale;
  const age = lastsFor(at - since);
  const lasts: Fact[] =
    age === undefined ? [] : [short(wording.forTime(inOneUnit(age, locale.language)))];
  const facts =
    phones === undefined
      ? [short(wording.noGoodRun(timeText(goodAt, locale)))]
      : [lateFact(stale, phones, locale), { full: wording.share(phones, objective) }];
  return {
    head: `${policy} ${wording.stale}`,
    facts: [...facts, ...lasts],
    next: nextCommand(stale),
    blocks: late.length === 0 || phones === undefined ? [] : [lateLines(stale, phones, locale)],
  };
}

type Counts = NonNullable<Stale['phones']>;

function lateFact({ late, objective, limit }: Stale, phones: Counts, locale: Locale): Fact {
  const wording = wordings[locale.language];
  const brief = wording.late(phones, { ...objective, since: timeText(limit, locale) });
  if (late.length === 0) return short(brief);
  const { texts, more } = firstRanges(namesOf(late), LINE);
  const rest = more + phones.late + phones.never - late.length;
  const first = texts.join(wording.listComma);
  const names = rest > 0 ? `${first} ${wording.andMore(rest)}` : first;
  return { full: brief + wording.brackets(names), brief };
}

/** A line for each phone, the oldest backup first: when that was, and why there is no newer one. */
function lateLines({ late }: Stale, phones: Counts, locale: Locale): string[] {
  const wording = wordings[locale.language];
  const lines = late.slice(0, MAX_LISTED).map((phone) => {
    const { phone_id, phone_name, verified_at, outcome } = phone;
    const name = phone_name === '' ? phone_id : `${phone_name}${wording.brackets(phone_id)}`;
    const time = verified_at === undefined ? undefined : timeText(verified_at, locale);
    const [cause] = outcome === 'exported' ? [] : causesOf([phone], locale.language);
    const code = cause?.code === undefined ? '' : wording.brackets(cause.code);
    const why = cause === undefined ? [] : [cause.says + code];
    return `- ${name}${wording.colon}${[wording.lastBackup(time), ...why].join(wording.comma)}`;
  });
  const more = phones.late + phones.never - lines.length;
  return more > 0 ? [...lines, `… ${wording.andMore(more)}`] : lines;
}
