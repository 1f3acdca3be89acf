import { getRun, readRunState } from '../../lib/run/query/runs/get-run.ts';
import { wakeDrive } from '../../lib/run/request/wake-drive.ts';
import type { Io } from '../io/io.ts';
import { INTERRUPTED } from '../program/command.ts';
import { outcomeText } from '../show/runs/outcome-text.ts';
import type { Session } from '../sign-in/connect.ts';
import { fold } from '../text/fold.ts';
import { wordsOf } from '../words/words.ts';
import { toJson } from '../text/printable.ts';
import type { DrivableRun } from './watch-to-end.ts';

/** Wakes drive; calls `onFailure` when that fails. */
export async function wake({ deps, wake }: Session, onFailure: () => void) {
  if ((await wakeDrive(deps, wake)) === 'failed') onFailure();
}

/** Prints a run that was requested, and how to follow it. Returns the exit code. */
export async function printRequested(
  io: Io,
  { deps }: Session,
  runId: string,
  json: boolean,
): Promise<number> {
  if (json) io.out(toJson(await getRun(deps.store, runId, deps.clock.now())));
  else io.out(commandsText(io, runId));
  return 0;
}

function commandsText(io: Io, runId: string): string {
  const { watch: words, common } = wordsOf(io);
  return [
    `  ${words.showIt}${common.colon}phonevault runs show ${runId}`,
    `  ${words.cancelIt}${common.colon}phonevault cancel ${runId}`,
  ]
    .map((line) => fold(line, io.columns, '    '))
    .join('\n');
}

/** Prints how a watched run ended, or that it goes on. Returns the exit code. */
export async function printEnd(
  io: Io,
  { deps }: Session,
  { runId, driveCommand }: DrivableRun,
  how: { isOver: boolean; drive: boolean; json: boolean; phones: boolean },
): Promise<number> {
  const { store, clock, ledger } = deps;
  // The notification may have been sent since the watch saw the report.
  const found = await readRunState(store, runId, clock.now());
  const view = await found?.view();
  if (how.json) {
    const phones = how.phones ? await found?.phones() : undefined;
    io.out(toJson({ ...view, ...(phones && { phones }) }));
  }
  if (!how.isOver || view === undefined) {
    const words = wordsOf(io).watch;
    io.err(fold(how.drive ? words.staysOpen(driveCommand) : words.continues, io.errColumns));
    io.err(commandsText(io, runId));
    return INTERRUPTED;
  }
  if (!how.json) {
    const phones = (await found?.phones()) ?? [];
    io.out(outcomeText(io, view, phones, ledger));
  }
  const isNothingToDo = view.outcome === 'skipped' && view.kind === undefined;
  return view.outcome === 'completed' || isNothingToDo ? 0 : 1;
}
