import type { RunSummary } from '../../../lib/run/query/schemas/run.ts';
import { visibleAll } from '../../../lib/visible.ts';
import type { Io } from '../../io/io.ts';
import { type Colours, colours } from '../../text/colour.ts';
import { table } from '../../text/table.ts';
import { duration } from '../../text/time.ts';
import { outcomeWord } from './outcome-text.ts';
import { unreadableLines } from '../unreadable-text.ts';
import { minuteOf } from '../../text/when.ts';

/** Returns runs as a table, and below it which of their objects cannot be used. */
export function runsText(io: Io, runs: readonly RunSummary[]): string {
  const paint = colours(io);
  const rows = visibleAll(runs).map((run) => [
    run.run_id,
    run.outcome === null ? stateText(run) : outcomeText(run.outcome, run, paint),
    doneText(run),
    run.started_at === null ? '' : minuteOf(io, run.started_at),
    tookText(run, io.clock.now()),
    run.trigger ?? '',
  ]);
  const head = [
    'run',
    'outcome',
    'done',
    `started (${io.zone.split('/').at(-1)})`,
    'took',
    'trigger',
  ];
  const problems = runs.flatMap(({ unreadable = [] }) => unreadable);
  return [
    table(rows, io.columns, { head, whole: [0, 1, 2, 3], spare: [5, 4] }),
    ...(problems.length === 0 ? [] : ['', ...unreadableLines(io, problems)]),
  ].join('\n');
}

/** Only the key of an unreadable entry of the index says how the run ended. */
function outcomeText(outcome: string, { unreadable }: RunSummary, paint: Colours): string {
  const word = outcomeWord(outcome, paint);
  return unreadable === undefined ? word : `${word} (unreadable)`;
}

function stateText({ phase, cancelling, reason }: RunSummary): string {
  if (phase === 'quarantined') return `quarantined: ${reason ?? 'unknown'}`;
  return cancelling ? 'being cancelled' : phase;
}

/** How many phones were exported, or restored. */
function doneText({ counts, progress }: RunSummary): string {
  const known = counts ?? progress;
  return known === null ? '' : `${known.restored ?? known.exported}/${known.selected}`;
}

function tookText({ started_at, settled_at }: RunSummary, now: number): string {
  if (started_at === null) return '';
  return duration((settled_at === null ? now : Date.parse(settled_at)) - Date.parse(started_at));
}
