import { PhonevaultError } from '../../../lib/errors.ts';
import type { Counts } from '../../../lib/ledger/run/report.ts';
import { meaningOf } from '../../../lib/meanings/meanings.ts';
import type { RunDeps } from '../../../lib/run/deps.ts';
import { readRunState } from '../../../lib/run/query/runs/get-run.ts';
import type { RunPhone, RunSummary, RunView } from '../../../lib/run/query/schemas/run.ts';
import { visibleAll } from '../../../lib/visible.ts';
import type { Io } from '../../io/io.ts';
import { colours } from '../../text/colour.ts';
import type { Fact } from '../../text/facts.ts';
import { fold } from '../../text/fold.ts';
import { size } from '../../text/size.ts';
import { duration } from '../../text/time.ts';
import { checkLines } from './checks-text.ts';
import { unreadableLines } from '../unreadable-text.ts';
import { wordsOf } from '../../words/words.ts';
import { fixPhone, whyPhone, whyRun } from '../why-text.ts';

/** Whoever reads the text, and on what. */
type Speaker = Pick<Io, 'language' | 'env' | 'outIsTerminal' | 'errIsTerminal'>;

const MAX_NAMES = 10;
const ORDER = ['exported', 'restored', 'skipped', 'cancelled', 'timed_out', 'failed'];
const COLOURS: Record<string, 'green' | 'yellow'> = {
  exported: 'green',
  restored: 'green',
  completed: 'green',
  skipped: 'yellow',
  cancelled: 'yellow',
  partial: 'yellow',
};

/** What ended. */
type Ended = 'runOutcome' | 'phoneOutcome';

/** Returns an outcome in words and in its colour; an unknown one, in words of its own, is red. */
export function outcomeWord(io: Speaker, what: Ended, outcome: string): string {
  return colours(io)[COLOURS[outcome] ?? 'red'](plainOutcome(io, what, outcome));
}

/** Returns an outcome in words. */
export function plainOutcome({ language }: Speaker, what: Ended, outcome: string): string {
  return meaningOf(what, outcome, language)?.says ?? outcome.replaceAll('_', ' ');
}

/** Returns counts in words, without those that are 0: `61 selected, 57 exported, 1 failed`. */
export function countsText(io: Speaker, { selected, ...rest }: Counts): string {
  const { run: words, common } = wordsOf(io);
  const parts = Object.entries(rest).filter(([, number = 0]) => number > 0);
  return [
    words.selected(selected),
    ...parts.map(([word, number = 0]) =>
      words.counted(number, plainOutcome(io, 'phoneOutcome', word)),
    ),
  ].join(common.comma);
}

/** Reads what `outcomeText` describes. Throws `not_found` for an unknown run. */
export async function readOutcome(
  { store, clock }: Pick<RunDeps, 'store' | 'clock'>,
  runId: string,
): Promise<{ view: RunView; phones: RunPhone[] }> {
  const found = await readRunState(store, runId, clock.now());
  if (found === undefined) throw new PhonevaultError('not_found', `there is no run ${runId}`);
  const [view, phones] = await Promise.all([found.view({ phones: true }), found.phones()]);
  return { view, phones };
}

/** Describes a run that has ended: its phones by outcome, reason and code, ten names each unless `allPhones`, and its report. */
export function outcomeText(
  io: Io,
  view: RunView,
  phones: readonly RunPhone[],
  { bucket, allPhones = false }: { bucket: string; allPhones?: boolean },
): string {
  const shown = visibleAll(view);
  const paint = colours(io);
  const { run: words, common } = wordsOf(io);
  const max = allPhones ? Infinity : MAX_NAMES;
  const word =
    shown.outcome === null
      ? paint.red(words.phases[shown.phase])
      : outcomeWord(io, 'runOutcome', shown.outcome);
  return [
    paint.bold(words.title(shown.run_id)) + common.space + word,
    ...whyText(io, shown),
    ...drillText(io, shown),
    ...groupsOf(io, visibleAll(phones)).flatMap(({ outcome, why, fix, names }) => [
      outcomeWord(io, 'phoneOutcome', outcome) +
        (why === '' ? '' : common.colon + why) +
        common.note(String(names.length)),
      `  ${namesText(names, max, common.andMore)}`,
      ...(fix === undefined ? [] : [`  ${fix}`]),
    ]),
    ...checkLines(io, visibleAll(phones)),
    ...(shown.report === null ? [] : [words.report(`obs://${bucket}/${shown.report.key}`)]),
  ]
    .map((line) => fold(line, io.columns, line.startsWith(' ') ? '' : '  '))
    .concat(unreadableLines(io, view.unreadable ?? []))
    .join('\n');
}

/** Returns what came of a drill; nothing for another run. */
export function drillText(io: Speaker, { drill }: Pick<RunView, 'drill'>): string[] {
  if (drill === undefined) return [];
  const { policy, verdict, seconds } = drill;
  const took = seconds === undefined ? undefined : duration(seconds * 1_000, io.language);
  const word = meaningOf('drill', verdict, io.language)?.says ?? verdict;
  return [wordsOf(io).run.drillOf(policy, word, took)];
}

/** Returns why a run never started or was quarantined; nothing otherwise. */
export function whyText(
  io: Speaker,
  { reason, message }: RunSummary & { message?: string | undefined },
): string[] {
  if (reason === undefined) return message === undefined ? [] : [message];
  const { note, colon } = wordsOf(io).common;
  if (message === undefined) return [whyRun(reason, io.language)];
  // The message names what it was, in English.
  return io.language === 'en'
    ? [message + note(reason)]
    : [whyRun(reason, io.language) + colon + message];
}

/** `fix`: what to do about failed phones. */
type Group = { outcome: string; why: string; fix: string | undefined; names: string[] };

/** Groups phones; failures come last, next to the prompt. */
function groupsOf(io: Speaker, phones: readonly RunPhone[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { phone_name, phone_id, state, reason, code, attempts } of phones) {
    const more =
      state === 'exported' && attempts > 1 ? wordsOf(io).run.attempts(attempts) : undefined;
    const ended = { state, reason, code };
    const why = more ?? whyPhone(ended, io.language);
    const fix =
      state === 'failed' || state === 'timed_out' ? fixPhone(ended, io.language) : undefined;
    const key = `${state} ${why}`;
    const group = groups.get(key) ?? { outcome: state, why, fix, names: [] };
    group.names.push(phone_name || phone_id);
    groups.set(key, group);
  }
  return [...groups.values()].sort(
    (a, b) =>
      ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome) ||
      b.names.length - a.names.length ||
      (a.why < b.why ? -1 : 1),
  );
}

function namesText(
  names: readonly string[],
  max: number,
  andMore: (count: number) => string,
): string {
  const more = names.length - max;
  const shown = [...names].sort().slice(0, max).join(' ');
  return more > 0 ? `${shown} ${andMore(more)}` : shown;
}

/** Returns what came of reading archives of a run to their end. */
export function readFacts(io: Speaker, read: RunView['read']): Fact[] {
  if (read === undefined) return [];
  const { chosen, unreadable, entries, bytes, problems } = read;
  const { common, run: words } = wordsOf(io);
  const label = words.labels.read;
  const bad = unreadable === 0 ? '' : words.notUsable(unreadable);
  const all = `${common.archives(read.read)}${common.space}${words.readOf(chosen)}`;
  return [
    [label, `${all}${common.colon}${common.entries(entries)}${common.comma}${size(bytes)}${bad}`],
    ...problems.map(({ phone_id, result, absent = [], message }): Fact => {
      const what =
        result === 'ok'
          ? words.nothingOf(absent.join(common.comma))
          : `${result}${common.colon}${message ?? ''}`;
      return [label, `${phone_id} ${what}`];
    }),
  ];
}
