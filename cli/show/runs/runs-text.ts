import type { RunSummary } from '../../../lib/run/query/schemas/run.ts';
import { visibleAll } from '../../../lib/visible.ts';
import type { Io } from '../../io/io.ts';
import { table } from '../../text/table.ts';
import { duration } from '../../text/time.ts';
import { outcomeWord } from './outcome-text.ts';
import { meaningOf } from '../../../lib/meanings/meanings.ts';
import { wordsOf } from '../../words/words.ts';
import { whyRun } from '../why-text.ts';
import { unreadableLines } from '../unreadable-text.ts';
import { minuteOf } from '../../text/when.ts';

/** Returns runs as a table, and below it which of their objects cannot be used. */
export function runsText(io: Io, runs: readonly RunSummary[]): string {
  const rows = visibleAll(runs).map((run) => [
    run.run_id,
    run.outcome === null ? stateText(io, run) : outcomeText(io, run.outcome, run),
    doneText(run),
    run.started_at === null ? '' : minuteOf(io, run.started_at),
    tookText(io, run),
    triggerText(io, run),
  ]);
  const head = wordsOf(io).run.runsHead(io.zone.split('/').at(-1) ?? io.zone);
  const problems = runs.flatMap(({ unreadable = [] }) => unreadable);
  return [
    table(rows, io.columns, { head, whole: [0, 1, 2, 3], spare: [5, 4] }),
    ...(problems.length === 0 ? [] : ['', ...unreadableLines(io, problems)]),
  ].join('\n');
}

/** Only the key of an unreadable entry of the index says how the run ended. */
function outcomeText(io: Io, outcome: string, { unreadable }: RunSummary): string {
  const word = outcomeWord(io, 'runOutcome', outcome);
  return unreadable === undefined ? word : wordsOf(io).run.unreadableEntry(word);
}

function stateText(io: Io, { phase, cancelling, reason }: RunSummary): string {
  const { run: words, common } = wordsOf(io);
  if (phase !== 'quarantined') return cancelling ? words.cancelling : words.phases[phase];
  const why = reason === undefined ? '' : common.colon + whyRun(reason, io.language);
  return words.phases.quarantined + why;
}

/** What started the run; nothing where its request cannot be read. */
export function triggerText(
  { language }: Pick<Io, 'language'>,
  { trigger }: Pick<RunSummary, 'trigger'>,
): string {
  if (trigger === null) return '';
  return language === 'en' ? trigger : (meaningOf('trigger', trigger, language)?.says ?? trigger);
}

/** How many phones were exported, or restored. */
function doneText({ counts, progress }: RunSummary): string {
  const known = counts ?? progress;
  return known === null ? '' : `${known.restored ?? known.exported}/${known.selected}`;
}

function tookText(io: Io, { started_at, settled_at }: RunSummary): string {
  if (started_at === null) return '';
  const end = settled_at === null ? io.clock.now() : Date.parse(settled_at);
  return duration(end - Date.parse(started_at), io.language);
}
