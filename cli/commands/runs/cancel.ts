import { PhonevaultError } from '../../../lib/errors.ts';
import { requestCancel } from '../../../lib/run/request/request-cancel.ts';
import { getRun } from '../../../lib/run/query/runs/get-run.ts';
import { wakeDrive } from '../../../lib/run/request/wake-drive.ts';
import type { RunDeps } from '../../../lib/run/deps.ts';
import type { Progress, RunView } from '../../../lib/run/query/schemas/run.ts';
import type { Io } from '../../io/io.ts';
import type { Command } from '../../program/command.ts';
import { connect } from '../../sign-in/connect.ts';
import { noSuchRun } from '../../show/runs/no-such-run.ts';
import { runIdValue } from '../../program/id-values.ts';
import { fold } from '../../text/fold.ts';
import { toJson } from '../../text/printable.ts';
import { wordsOf } from '../../words/words.ts';

/** Cancels a run. */
export const cancelCommand: Command = {
  name: 'cancel',
  summary: 'cancel a run',
  description: [
    'Cancels a run: no new exports are sent, exports in progress are followed to their end, all other phones are cancelled.',
    'Of a restore: no further phone is overwritten; one whose restore has begun is restored to the end and restarted.',
    'Exits with 1 when the run is already settled or unknown.',
  ].join(' '),
  arguments: [{ name: '<run>', text: 'the id of a run' }],
  examples: [{ run: 'phonevault cancel nightly-20260101t183000z' }],
  async run({ args: [given = ''], json }, io) {
    const runId = runIdValue(given);
    const { deps, wake } = await connect(io);
    const result = await requestCancel(deps.store, runId);
    if (result === 'not_found') throw await noSuchRun(deps, runId);
    if (result === 'settled') throw await alreadySettled(deps, runId);
    await wakeDrive(deps, wake);
    const run = await getRun(deps.store, runId, io.clock.now());
    if (json) io.out(toJson(run));
    else {
      const { cancel: words, watch, common } = wordsOf(io);
      io.out(fold(words.cancelling(runId) + common.space + nextText(io, run), io.columns));
      const show = `${watch.showIt}${common.colon}phonevault runs show ${runId}`;
      io.out(fold(`  ${show}`, io.columns, '    '));
    }
    return 0;
  },
};

function nextText(io: Io, run: RunView | undefined): string {
  const words = wordsOf(io).cancel;
  const work = run?.kind === 'restore' ? 'restore' : 'export';
  if (run?.phase === 'quarantined') return words.quarantined;
  if (run?.progress == null) return words.nextDrive(work);
  return words.first(work, inProgressOf(run.progress));
}

function inProgressOf(progress: Progress): number {
  const { exporting, verifying, outcome_unknown, restoring = 0, restarting = 0 } = progress;
  return exporting + verifying + outcome_unknown + restoring + restarting;
}

async function alreadySettled({ store, clock }: RunDeps, runId: string): Promise<PhonevaultError> {
  const run = await getRun(store, runId, clock.now());
  const how = run?.outcome == null ? '' : ` (${run.outcome})`;
  return new PhonevaultError('conflict', `run ${runId} is already settled${how}`, {
    hint: `nothing is left to cancel; see phonevault runs show ${runId}`,
  });
}
