import { PhonevaultError } from '../../lib/errors.ts';
import { layout } from '../../lib/ledger/store/layout.ts';
import type { RunDeps } from '../../lib/run/deps.ts';
import { getRun } from '../../lib/run/query/runs/get-run.ts';
import type { RunView } from '../../lib/run/query/schemas/run.ts';
import { visibleAll } from '../../lib/visible.ts';
import type { Io } from '../io/io.ts';
import { createFailureLimit } from './failure-limit.ts';
import { createProgress } from './progress-bar.ts';
import { fold } from '../text/fold.ts';
import { wordsOf } from '../words/words.ts';

const POLL_MS = 2_000;
const MAX_QUIET_POLL_MS = 10_000;
const MAX_PAUSE_MS = 30_000;
/** A poll reads the run's whole log. The pause is this many times as long, so that a large run is not read all the time. */
const PAUSE_PER_POLL = 10;
const QUIET_MS = 3 * 60_000;
/** A service may not return an object for a moment: so many polls in a row do not end the watch. */
const MAX_UNREADABLE = 5;

type Deps = Pick<RunDeps, 'store' | 'clock'>;

export type Watched = {
  /** The run as last read; undefined when `signal` aborted before the first read. */
  view: RunView | undefined;
  isOver: boolean;
};

/**
 * Shows the progress of a run until it is over (settled or quarantined) or `signal` aborts. Prints `advice` once when for
 * three minutes neither the run nor a drive's lease changed. Throws `not_found` for an unknown run.
 */
export async function watchRun(
  io: Io,
  deps: Deps,
  runId: string,
  { signal, advice }: { signal: AbortSignal; advice?: string },
): Promise<Watched> {
  const { clock } = deps;
  const progress = createProgress(io);
  const readFailures = createFailureLimit();
  const words = wordsOf(io).watch;
  const print = (text: string) => io.err(fold(text, io.errColumns));
  let view: RunView | undefined;
  let mark = '';
  let changedAt = clock.now();
  let failures = 0;
  let unreadable = 0;
  let isAdvised = advice === undefined;
  try {
    for (;;) {
      const started = clock.now();
      try {
        const seen = await readRun(deps, runId);
        readFailures.reset();
        view = seen.view;
        for (const { code, message } of visibleAll(view.failures.slice(failures))) {
          print(words.stepFailed(code, message));
        }
        failures = view.failures.length;
        progress.show(view);
        unreadable = view.reason === 'object_unreadable' ? unreadable + 1 : 0;
        if (isOver(view, unreadable)) return { view, isOver: true };
        if (seen.mark !== mark) changedAt = clock.now();
        mark = seen.mark;
      } catch (error) {
        readFailures.add(error);
      }
      if (!isAdvised && clock.now() - changedAt >= QUIET_MS) {
        isAdvised = true;
        print(words.noProgress(advice ?? ''));
      }
      // Poll less often while nothing changes.
      const quiet = Math.min((clock.now() - changedAt) / 10, MAX_QUIET_POLL_MS);
      const pause = Math.max(PAUSE_PER_POLL * (clock.now() - started), quiet);
      if (!signal.aborted) {
        await clock.sleep(Math.min(Math.max(pause, POLL_MS), MAX_PAUSE_MS), signal);
      }
      if (signal.aborted) return { view, isOver: false };
    }
  } finally {
    progress.stop();
  }
}

/** Returns the run, and a mark that changes whenever a drive works on it. */
async function readRun(
  { store, clock }: Deps,
  runId: string,
): Promise<{ view: RunView; mark: string }> {
  const [view, leases] = await Promise.all([
    getRun(store, runId, clock.now()),
    store.list(layout.leases),
  ]);
  if (view === undefined) {
    throw new PhonevaultError('not_found', `run ${runId} does not exist`, {
      hint: '`phonevault runs` lists the runs',
    });
  }
  const { phase, cancelling, progress } = view;
  const drives = leases.map(({ key, etag }) => `${key} ${etag}`);
  return { view, mark: JSON.stringify([phase, cancelling, progress, drives]) };
}

function isOver({ phase }: RunView, unreadable: number): boolean {
  if (phase === 'settled') return true;
  return phase === 'quarantined' && (unreadable === 0 || unreadable > MAX_UNREADABLE);
}
