import { duration, size } from '../../../../amounts.ts';
import type { PhoneOutcome } from '../../../../ledger/run/report.ts';
import { meaningOf, runMeaning } from '../../../../meanings/meanings.ts';
import { type Cause, causesOf } from './causes.ts';
import { causeLines, causeText, phonesText, skipText } from './cause-text.ts';
import { nextCommand } from './next-command.ts';
import type { Locale, Settled } from '../notification.ts';
import { type Fact, short, type Story } from './story.ts';
import { clockText, timeText } from '../words/time-text.ts';
import type { Wording } from '../words/wording.ts';
import { wordings } from '../words/wordings.ts';

const MINUTE = 60_000;
/** In the order in which a message counts them. */
const UNDONE = ['failed', 'timed_out', 'cancelled', 'skipped'] as const;

/** Returns the story of a run that has settled. Pure. */
export function settledStory(settled: Settled, locale: Locale): Story {
  const wording = wordings[locale.language];
  const causes = causesOf([...settled.failed, ...settled.skipped], locale.language);
  return {
    head: headOf(settled, locale),
    facts: [...resultFacts(settled, causes, locale), ...otherFacts(settled, locale)],
    next: nextCommand(settled),
    blocks: [
      [wording.run(settled.run_id), ...timeLines(settled, locale)],
      ...UNDONE.map((one) => causeLines(one, settled.counts[one], ofOutcome(causes, one), wording)),
      noteLines(settled, locale),
      [wording.report(`obs://${settled.report.bucket}/${settled.report.key}`)],
    ],
  };
}

/** Who, when and how it went. */
function headOf(settled: Settled, locale: Locale): string {
  const wording = wordings[locale.language];
  const { policy, outcome, slot, settled_at } = settled;
  const time = clockText(slot, settled_at, locale);
  if (settled.kind === 'drill') {
    const { verdict } = settled.drill;
    const how = meaningOf('drill', verdict, locale.language)?.says ?? verdict;
    return [policy, time, `${wording.drill}${wording.space}${how}`].join(' ');
  }
  const how = meaningOf('runOutcome', outcome, locale.language)?.says ?? outcome;
  return [settled.kind === 'restore' ? wording.restore : policy, time, how].join(' ');
}

const ofOutcome = (causes: readonly Cause[], outcome: PhoneOutcome): Cause[] =>
  causes.filter((cause) => cause.outcome === outcome);

/** Why the run did not start, or how many phones ended how, and why. */
function resultFacts(settled: Settled, causes: readonly Cause[], locale: Locale): Fact[] {
  const wording = wordings[locale.language];
  const { reason, message, counts, outcome } = settled;
  if (reason !== undefined) {
    const says = runMeaning(reason, locale.language)?.says ?? wording.unknownReason;
    const why = locale.language === 'en' ? (message ?? says) : says;
    return [{ full: why.replace(/\.$/, '') + wording.brackets(reason), brief: says }];
  }
  if (counts.selected === 0) {
    return [short(outcome === 'cancelled' ? wording.nothingStarted : wording.noPhones)];
  }
  const undone = UNDONE.filter((one) => counts[one] > 0).map((one): Fact => {
    const brief = wording.ended(one, counts[one]);
    const own = ofOutcome(causes, one);
    const within = (text: string): string => (text === '' ? brief : brief + wording.brackets(text));
    // That phones were cancelled says why.
    if (one === 'cancelled' || own.length === 0) return short(brief);
    if (one === 'skipped') return { full: within(skipText(own, wording)), brief };
    const named = within(phonesText(own, wording));
    return { full: within(causeText(own, wording)), named, brief };
  });
  return [short(wording.done(counts)), ...undone];
}

/** What the run met on the way, how long it took and what it wrote. */
function otherFacts(settled: Settled, { language }: Locale): Fact[] {
  const wording = wordings[language];
  const { suspects, hooks, checks, leftovers, missingServers, undone = [] } = settled;
  const { started_at, settled_at, bytes, counts } = settled;
  // What a drill measures: from its request until the last phone ran.
  const drilled = settled.kind === 'drill' ? settled.drill.seconds : undefined;
  const took = drilled === undefined ? settled_at - started_at : drilled * 1_000;
  const notDone = undone.map(({ step }) => meaningOf('undone', step, language)?.says ?? step);
  return [
    ...(suspects === undefined ? [] : [short(wording.suspects(suspects.count))]),
    ...(hooks === undefined ? [] : [short(wording.failedHooks(hooks.count))]),
    ...(checks === undefined ? [] : wording.checks(checks).map(short)),
    ...(leftovers === undefined ? [] : [short(wording.notDeleted(leftovers.count))]),
    ...(missingServers === undefined ? [] : [short(wording.missingServers(missingServers.count))]),
    ...notDone.slice(0, 1).map((phrase) => ({ full: wording.notDone(phrase) })),
    ...(counts.selected === 0 ? [] : [{ full: duration(took, language) }]),
    ...(bytes === 0 ? [] : [{ full: size(bytes) }]),
  ];
}

function timeLines({ slot, started_at, settled_at }: Settled, locale: Locale): string[] {
  const wording = wordings[locale.language];
  const took = duration(settled_at - started_at, locale.language);
  return [
    ...(started_at - slot < MINUTE ? [] : [wording.slot(timeText(slot, locale))]),
    wording.started(timeText(started_at, locale)),
    wording.finished(timeText(settled_at, locale), took),
  ];
}

/** What all that means, and what to do about it. */
function noteLines(settled: Settled, { language }: Locale): string[] {
  const wording: Wording = wordings[language];
  const { reason, message, suspects, hooks, checks, leftovers, missingServers } = settled;
  const { undone = [] } = settled;
  const { fix } = (reason !== undefined && runMeaning(reason, language)) || {};
  const deleted =
    leftovers &&
    wording.sentence(
      wording.notDeleted(leftovers.count) +
        (leftovers.codes.length === 0 ? '' : wording.brackets(leftovers.codes.join(', '))),
    ) +
      wording.space +
      wording.leftoverAdvice;
  return [
    message === undefined ? undefined : wording.quote(message),
    fix,
    suspects && wording.suspectAdvice({ count: suspects.count, first: suspects.names }),
    hooks && wording.hookAdvice(hooks),
    ...(checks === undefined ? [] : wording.checkAdvice(checks)),
    deleted,
    missingServers && wording.missingServerAdvice(missingServers),
    ...undone.flatMap(({ step, message: said }) => {
      const says = meaningOf('undone', step, language)?.says ?? step;
      return [wording.undone(says), `  ${wording.quote(said)}`];
    }),
  ].filter((line) => line !== undefined);
}
