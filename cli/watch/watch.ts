import { PhonevaultError } from '../../lib/errors.ts';
import { layout } from '../../lib/ledger/store/layout.ts';
import type { RunDeps } from '../../lib/run/deps.ts';
import { getRun } from '../../lib/run/query/get-run.ts';
import type { RunView } from '../../lib/run/query/schemas.ts';
import type { Io } from '../io/io.ts';
import { createPatience } from './patience.ts';
import { createProgress } from './progress-bar.ts';
import { fold } from '../text/fold.ts';

const LOOK_EVERY_MS = 2_000;
const LOOK_WHEN_QUIET_MS = 10_000;
const MAX_PAUSE_MS = 30_000;
/** A look reads the run's whole log: of a large run it may take its time, and must not be all that is done. */
const PAUSE_PER_LOOK = 10;
const QUIET_MS = 3 * 60_000;

type Deps = Pick<RunDeps, 'store' | 'clock'>;

export type Watched = {
  /** As it was last seen; undefined when nothing could be seen before the watch was called off. */
  view: RunView | undefined;
  isOver: boolean;
};

/**
 * Shows how far a run is until it is over (settled or quarantined) or `signal` aborts. `advice` is told once while for three
 * minutes nothing moves, neither the run nor any drive's lease. Throws `not_found` for an unknown run.
 */
export async function watchRun(
  io: Io,
  deps: Deps,
  runId: string,
  { signal, advice }: { signal: AbortSignal; advice?: string },
): Promise<Watched> {
  const { clock } = deps;
  const progress = createProgress(io);
  const patience = createPatience();
  const say = (text: string) => io.err(fold(text, io.errColumns));
  let view: RunView | undefined;
  let mark = '';
  let movedAt = clock.now();
  let failures = 0;
  let isAdvised = advice === undefined;
  try {
    for (;;) {
      const started = clock.now();
      try {
        const seen = await lookup(deps, runId);
        patience.reset();
        view = seen.view;
        for (const { code, message } of view.failures.slice(failures)) {
          say(`trouble: ${code}: ${message}`);
        }
        failures = view.failures.length;
        progress.show(view);
        if (isOver(view)) return { view, isOver: true };
        if (seen.mark !== mark) movedAt = clock.now();
        mark = seen.mark;
      } catch (error) {
        patience.take(error);
      }
      if (!isAdvised && clock.now() - movedAt >= QUIET_MS) {
        isAdvised = true;
        say(`nothing has moved for 3 minutes: no drive seems to run. ${advice}`);
      }
      // The longer nothing has moved, the less often it is looked at.
      const quiet = Math.min((clock.now() - movedAt) / 10, LOOK_WHEN_QUIET_MS);
      const pause = Math.max(PAUSE_PER_LOOK * (clock.now() - started), quiet);
      if (!signal.aborted) {
        await clock.sleep(Math.min(Math.max(pause, LOOK_EVERY_MS), MAX_PAUSE_MS), signal);
      }
      if (signal.aborted) return { view, isOver: false };
    }
  } finally {
    progress.stop();
  }
}

/** The run, and a mark that changes with whatever shows that somebody works on it. */
async function lookup(
  { store, clock }: Deps,
  runId: string,
): Promise<{ view: RunView; mark: string }> {
  const [view, leases] = await Promise.all([
    getRun(store, runId, clock.now()),
    store.list(layout.leases),
  ]);
  if (view === undefined) {
    throw new PhonevaultError('not_found', `there is no run ${runId}`, {
      hint: '`phonevault runs` lists the runs',
    });
  }
  const { phase, cancelling, progress } = view;
  const drives = leases.map(({ key, etag }) => `${key} ${etag}`);
  return { view, mark: JSON.stringify([phase, cancelling, progress, drives]) };
}

function isOver({ phase }: RunView): boolean {
  return phase === 'settled' || phase === 'quarantined';
}
