import type { Progress, RunView } from '../../lib/run/query/schemas/run.ts';
import type { Io } from '../io/io.ts';
import { type Colours, colours } from '../text/colour.ts';
import { fold } from '../text/fold.ts';
import { meaningOf } from '../../lib/meanings/meanings.ts';
import { duration } from '../text/time.ts';
import { widthOf } from '../text/width.ts';
import { wordsOf } from '../words/words.ts';

export type ProgressDisplay = {
  show(view: RunView): void;
  /** Clears the bar, or prints the last line that was held back. */
  stop(): void;
};

const LINES_EVERY_MS = 10_000;
const MIN_BAR = 8;
const MAX_BAR = 30;

/** The states from last to first, each with its character and colour in the bar. */
const STATES = [
  ['exported', '█', 'green'],
  ['restored', '█', 'green'],
  ['failed', '█', 'red'],
  ['timed_out', '█', 'red'],
  ['cancelled', '█', 'yellow'],
  ['skipped', '█', 'yellow'],
  ['restarting', '▓', 'green'],
  ['restoring', '▒', 'cyan'],
  ['saving', '▒', 'dim'],
  ['thawing', '░', 'cyan'],
  ['verifying', '▓', 'green'],
  ['outcome_unknown', '▒', 'yellow'],
  ['exporting', '▒', 'cyan'],
  ['queued', '░', 'dim'],
  ['waiting', '░', 'dim'],
] as const satisfies [keyof Progress, string, keyof Colours][];

/** Shows the progress of a run on standard error: a bar on a terminal, else a line per change, at most every 10 s. */
export function createProgress(io: Io): ProgressDisplay {
  return io.errIsTerminal ? bar(io) : lines(io);
}

function bar(io: Io): ProgressDisplay {
  const started = io.clock.now();
  return {
    show(view) {
      io.status(barLine(io, view, io.clock.now() - started));
    },
    stop() {
      io.status('');
    },
  };
}

function lines(io: Io): ProgressDisplay {
  const started = io.clock.now();
  let printed = '';
  let printedAt = -Infinity;
  let pending: string | undefined;
  const print = (text: string) => {
    io.err(fold(`${duration(io.clock.now() - started, io.language)}  ${text}`, io.errColumns));
    printed = text;
    printedAt = io.clock.now();
    pending = undefined;
  };
  return {
    show(view) {
      const text = progressText(io, view);
      if (text === printed) pending = undefined;
      else if (io.clock.now() - printedAt < LINES_EVERY_MS) pending = text;
      else print(text);
    },
    stop() {
      if (pending !== undefined) print(pending);
    },
  };
}

/** Returns the progress of a run in words: `40 of 61 done: 8 queued, 13 exporting, 40 exported`. */
export function progressText(io: Pick<Io, 'language'>, view: RunView): string {
  const { run: words, common } = wordsOf(io);
  const progress = progressOf(view);
  if (progress === undefined) {
    return view.phase === 'requested' ? words.notPlanned : words.phases[view.phase];
  }
  const details = [view.cancelling && words.cancelling, legend(io, progress)]
    .filter(Boolean)
    .join(common.comma);
  return words.done(done(progress), progress.selected) + (details && common.colon + details);
}

/** Returns a bar of the states, and beside it as much text as fits. `ms`: how long it is watched. */
function barLine(io: Io, view: RunView, ms: number): string {
  const columns = io.errColumns - 1;
  const took = duration(ms, io.language);
  const progress = progressOf(view);
  if (progress === undefined) return `${took}  ${progressText(io, view)}`;
  const count = `${done(progress)}/${progress.selected}`;
  const tails = [`${count}  ${took}  ${legend(io, progress)}`, `${count}  ${took}`];
  const tail = tails.find((text) => widthOf(text) + 1 + MIN_BAR <= columns) ?? count;
  const room = Math.max(1, Math.min(MAX_BAR, columns - widthOf(tail) - 1));
  return `${cells(progress, room, colours(io, 'err'))} ${tail}`;
}

/** Draws `room` cells for all phones together; rounding adds or loses none. */
function cells(progress: Progress, room: number, paint: Colours): string {
  let sum = 0;
  let drawn = 0;
  return STATES.map(([state, char, colour]) => {
    sum += progress[state] ?? 0;
    const upTo = progress.selected === 0 ? 0 : Math.floor((room * sum) / progress.selected);
    const own = Math.max(0, upTo - drawn);
    drawn += own;
    return own === 0 ? '' : paint[colour](char.repeat(own));
  }).join('');
}

/** Returns the progress; a settled run has counts instead. */
function progressOf({ progress, counts }: RunView): Progress | undefined {
  if (progress !== null) return progress;
  if (counts === null) return undefined;
  return { waiting: 0, queued: 0, exporting: 0, verifying: 0, outcome_unknown: 0, ...counts };
}

function done({ exported, failed, skipped, timed_out, cancelled, ...rest }: Progress): number {
  return exported + (rest.restored ?? 0) + failed + skipped + timed_out + cancelled;
}

function legend(io: Pick<Io, 'language'>, progress: Progress): string {
  const { run: words, common } = wordsOf(io);
  const word = (state: (typeof STATES)[number][0]): string =>
    state in words.states
      ? words.states[state as keyof typeof words.states]
      : (meaningOf('phoneOutcome', state, io.language)?.says ?? state);
  return [...STATES]
    .reverse()
    .filter(([state]) => (progress[state] ?? 0) > 0)
    .map(([state]) => words.counted(progress[state] ?? 0, word(state)))
    .join(common.comma);
}
