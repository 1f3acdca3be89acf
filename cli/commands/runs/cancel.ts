import { PhonevaultError } from '../../../lib/errors.ts';
import { requestCancel } from '../../../lib/run/request/request-cancel.ts';
import { getRun } from '../../../lib/run/query/runs/get-run.ts';
import { wakeDrive } from '../../../lib/run/request/wake-drive.ts';
import type { RunDeps } from '../../../lib/run/deps.ts';
import type { Progress, RunView } from '../../../lib/run/query/schemas/run.ts';
import type { Command } from '../../program/command.ts';
import { connect } from '../../sign-in/connect.ts';
import { noSuchRun } from '../../show/runs/no-such-run.ts';
import { runIdValue } from '../../program/id-values.ts';
import { fold } from '../../text/fold.ts';
import { count } from '../../text/plural.ts';
import { toJson } from '../../text/printable.ts';

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
      io.out(fold(`Run ${runId} is being cancelled. ${nextText(run)}`, io.columns));
      io.out(fold(`  show it: phonevault runs show ${runId}`, io.columns, '    '));
    }
    return 0;
  },
};

function nextText(run: RunView | undefined): string {
  const [work, nothing] =
    run?.kind === 'restore'
      ? ['restore', 'No further phone is restored']
      : ['export', 'No new exports are sent'];
  if (run?.phase === 'quarantined') {
    return 'It is quarantined because its objects cannot be read. It continues when they can be read again.';
  }
  if (run?.progress == null) return `${nothing}; the next drive settles the run.`;
  const inProgress = inProgressOf(run.progress);
  const first =
    inProgress === 0
      ? `no ${work} is in progress`
      : `${count(inProgress, work)} in progress ${inProgress === 1 ? 'ends' : 'end'} first`;
  return `${nothing}; ${first}, then the run settles.`;
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
