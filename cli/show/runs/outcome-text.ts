import { PhonevaultError } from '../../../lib/errors.ts';
import type { Counts } from '../../../lib/ledger/run/report.ts';
import type { RunDeps } from '../../../lib/run/deps.ts';
import { readRunState } from '../../../lib/run/query/runs/get-run.ts';
import type { RunPhone, RunSummary, RunView } from '../../../lib/run/query/schemas/run.ts';
import { visibleAll } from '../../../lib/visible.ts';
import type { Io } from '../../io/io.ts';
import { type Colours, colours } from '../../text/colour.ts';
import type { Fact } from '../../text/facts.ts';
import { fold } from '../../text/fold.ts';
import { count } from '../../text/plural.ts';
import { size } from '../../text/size.ts';
import { duration } from '../../text/time.ts';
import { checkLines } from './checks-text.ts';
import { unreadableLines } from '../unreadable-text.ts';
import { fixPhone, whyPhone, whyRun } from '../why-text.ts';

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

/** Returns an outcome or state as a word in its colour; an unknown word is red. */
export function outcomeWord(word: string, paint: Colours): string {
  return paint[COLOURS[word] ?? 'red'](word.replaceAll('_', ' '));
}

/** Returns counts in words, without those that are 0: `61 selected, 57 exported, 1 failed`. */
export function countsText({ selected, ...rest }: Counts): string {
  const parts = Object.entries(rest).filter(([, number = 0]) => number > 0);
  return [
    `${selected} selected`,
    ...parts.map(([word, number]) => `${number} ${word.replaceAll('_', ' ')}`),
  ].join(', ');
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
  const max = allPhones ? Infinity : MAX_NAMES;
  const word = outcomeWord(shown.outcome ?? shown.phase, paint);
  return [
    `${paint.bold(`Run ${shown.run_id}:`)} ${word}`,
    ...whyText(shown),
    ...drillText(shown),
    ...groupsOf(visibleAll(phones)).flatMap(({ outcome, why, fix, names }) => [
      `${outcomeWord(outcome, paint)}${why === '' ? '' : `: ${why}`} (${names.length})`,
      `  ${namesText(names, max)}`,
      ...(fix === undefined ? [] : [`  ${fix}`]),
    ]),
    ...checkLines(visibleAll(phones)),
    ...(shown.report === null ? [] : [`Report: obs://${bucket}/${shown.report.key}`]),
  ]
    .map((line) => fold(line, io.columns, line.startsWith(' ') ? '' : '  '))
    .concat(unreadableLines(io, view.unreadable ?? []))
    .join('\n');
}

/** Returns what came of a drill; nothing for another run. */
export function drillText({ drill }: Pick<RunView, 'drill'>): string[] {
  if (drill === undefined) return [];
  const { policy, verdict, seconds } = drill;
  const took = seconds === undefined ? '' : ` within ${duration(seconds * 1_000)}`;
  return [`Drill of ${policy}: ${verdict}${took}`];
}

/** Returns why a run never started or was quarantined; nothing otherwise. */
export function whyText({
  reason,
  message,
}: RunSummary & { message?: string | undefined }): string[] {
  if (reason === undefined) return message === undefined ? [] : [message];
  return [message === undefined ? whyRun(reason) : `${message} (${reason})`];
}

/** `fix`: what to do about failed phones. */
type Group = { outcome: string; why: string; fix: string | undefined; names: string[] };

/** Groups phones; failures come last, next to the prompt. */
function groupsOf(phones: readonly RunPhone[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { phone_name, phone_id, state, reason, code, attempts } of phones) {
    const more = state === 'exported' && attempts > 1 ? `${attempts} attempts` : undefined;
    const ended = { state, reason, code };
    const why = more ?? whyPhone(ended);
    const fix = state === 'failed' || state === 'timed_out' ? fixPhone(ended) : undefined;
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

function namesText(names: readonly string[], max: number): string {
  const more = names.length - max;
  const shown = [...names].sort().slice(0, max).join(' ');
  return more > 0 ? `${shown} … and ${more} more` : shown;
}

/** Returns what came of reading archives of a run to their end. */
export function readFacts(read: RunView['read']): Fact[] {
  if (read === undefined) return [];
  const { chosen, unreadable, entries, bytes, problems } = read;
  const of = chosen === null ? 'so far' : `of ${chosen} chosen`;
  const bad = unreadable === 0 ? '' : `, ${unreadable} cannot be used`;
  return [
    [
      'read',
      `${count(read.read, 'archive')} ${of}: ${count(entries, 'entry', 'entries')}, ${size(bytes)}${bad}`,
    ],
    ...problems.map(({ phone_id, result, absent = [], message }): Fact => {
      const what =
        result === 'ok' ? `nothing of ${absent.join(', ')}` : `${result}: ${message ?? ''}`;
      return ['read', `${phone_id} ${what}`];
    }),
  ];
}
