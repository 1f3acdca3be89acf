import { TimeUp, withCleanup } from '../../errors.ts';
import { foldHintKey, putFoldHint } from '../../ledger/hints/fold.ts';
import { listOpen } from '../../ledger/run/request.ts';
import { type Folding, readFolding, writeFolding } from '../../ledger/state/folding.ts';
import { isUnreadable } from '../../ledger/store/object-error.ts';
import type { DriveDeps } from '../deps.ts';
import { removeHandled } from '../state/failures/resting.ts';
import { untilTimeUp } from '../state/until-time-up.ts';
import { foldRun, type FoldResult } from './fold-run.ts';
import { type RunFolder, runFoldersAfter } from './run-folders.ts';

const EVERY_MS = 24 * 3_600_000;
const MAX_RUNS = 100;
/** For the last calls of the drive. */
const RESERVE_MS = 5_000;
/** What takes longer than this is not tried again before the next pass. */
const LONG_MS = 20_000;

type Pass = { after: string; end: 'all' | 'refused' | undefined; folded: number };

/**
 * Folds the runs that settled more than `keepRuns` ago, at most 100 and as far as the time of the drive allows. All runs are passed over
 * once a day; what is left is for the next drive, which a hint asks for. A run that is open, or whose jobs are still polled, waits.
 */
export async function foldOldRuns(drive: DriveDeps): Promise<void> {
  const { clock, keepRuns, log, store } = drive;
  const until = drive.until - RESERVE_MS;
  if (keepRuns === undefined || clock.now() >= until) return;
  const known = (await readFolding(store)) ?? { after: '', passed_at: 0 };
  if (known.after === '' && clock.now() < known.passed_at + EVERY_MS) return;
  const pass: Pass = { after: known.after, end: undefined, folded: 0 };
  await withCleanup(
    () => foldUntil(untilTimeUp({ ...drive, until }), clock.now() - keepRuns, pass),
    async () => {
      if (pass.folded > 0) log.info('runs_folded', { runs: pass.folded });
      await save(drive, known, pass);
    },
  );
}

/** Folds runs that were reported before a time (epoch ms), and notes in `pass` how far it got. */
async function foldUntil(deps: DriveDeps, before: number, pass: Pass): Promise<void> {
  const { clock, store, until } = deps;
  const inbox = await listOpen(store);
  const open = new Set([
    ...inbox.requests.map(({ runId }) => runId),
    ...inbox.orphaned.map((id) => id.split('.')[0]),
  ]);
  const isDue = ({ runId, reportedAt, isHalfFolded }: RunFolder): boolean =>
    !open.has(runId) && (isHalfFolded || (reportedAt !== undefined && reportedAt < before));
  const hasLong = until - clock.now() >= LONG_MS;
  let tried = 0;
  for (;;) {
    const folders = await runFoldersAfter(store, pass.after);
    if (folders.length === 0) pass.end = 'all';
    for (const folder of folders) {
      if (clock.now() >= until || tried >= MAX_RUNS) return;
      if (isDue(folder)) {
        tried += 1;
        const result = await foldOrPass(deps, folder.runId, hasLong && tried === 1);
        if (result === 'refused') pass.end = 'refused';
        if (result === 'folded') pass.folded += 1;
      }
      if (pass.end !== undefined) return;
      pass.after = folder.runId;
    }
    if (pass.end !== undefined) return;
  }
}

/** Passes over a run one of whose objects cannot be read, and over one that is too large to be folded even by a drive that begins with it. */
async function foldOrPass(deps: DriveDeps, runId: string, isFirst: boolean): Promise<FoldResult> {
  try {
    return await foldRun(deps, runId);
  } catch (error) {
    const isTooLarge = error instanceof TimeUp && isFirst;
    if (!isUnreadable(error) && !isTooLarge) throw error;
    const { code, message } = error;
    deps.log.warn('run_not_folded', { run: runId, code, message: message.slice(0, 300) });
    return 'kept';
  }
}

/**
 * The hint goes before the end of a pass is written: without it, only a drive with other work would go on. A drive that was stopped
 * before the first run has left one too.
 */
async function save(deps: DriveDeps, known: Folding, { after, end }: Pass): Promise<void> {
  const { clock, store } = deps;
  if (end === undefined) {
    await writeFolding(store, { ...known, after });
    await putFoldHint(store);
    return;
  }
  await removeHandled(deps, [foldHintKey]);
  await writeFolding(store, { after: '', passed_at: clock.now() });
}
