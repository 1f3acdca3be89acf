import { PhonevaultError } from '../../lib/errors.ts';
import { requestCancel } from '../../lib/run/request/request-cancel.ts';
import { getRun } from '../../lib/run/query/get-run.ts';
import { wakeDrive } from '../../lib/run/request/wake-drive.ts';
import type { RunDeps } from '../../lib/run/deps.ts';
import type { RunView } from '../../lib/run/query/schemas.ts';
import type { Command } from '../program/command.ts';
import { connect } from '../sign-in/connect.ts';
import { noSuchRun } from '../show/no-such-run.ts';
import { runIdValue } from '../show/option-values.ts';
import { fold } from '../text/fold.ts';
import { count } from '../text/plural.ts';
import { toJson } from '../text/printable.ts';

/** Asks for a run to stop. */
export const cancelCommand: Command = {
  name: 'cancel',
  summary: 'stop a run',
  description: [
    'Asks for a run to stop: nothing new is sent, exports under way are followed to their end, the rest is cancelled.',
    'Exits with 1 when the run is settled or unknown.',
  ].join(' '),
  arguments: [{ name: '<run>', text: 'the id of a run' }],
  examples: [{ run: 'phonevault cancel nightly-20260101t183000z' }],
  async run({ args: [given = ''], json }, io) {
    const runId = runIdValue(given);
    const { deps, wake } = await connect(io);
    const asked = await requestCancel(deps.store, runId);
    if (asked === 'not_found') throw await noSuchRun(deps, runId);
    if (asked === 'settled') throw await settledAlready(deps, runId);
    await wakeDrive(deps, wake);
    const run = await getRun(deps.store, runId, io.clock.now());
    if (json) io.out(toJson(run));
    else {
      io.out(fold(`Run ${runId} is being cancelled. ${nextText(run)}`, io.columns));
      io.out(fold(`  look at it: phonevault runs show ${runId}`, io.columns, '    '));
    }
    return 0;
  },
};

function nextText(run: RunView | undefined): string {
  const nothing = 'Nothing new is sent';
  if (run?.phase === 'quarantined') {
    return 'It was quarantined since its objects cannot be read: it stays so until they can.';
  }
  if (run?.progress == null) return `${nothing}; the next drive closes the run.`;
  const { exporting, verifying, in_doubt } = run.progress;
  const underWay = exporting + verifying + in_doubt;
  const jobsToPoll =
    underWay === 0 ? 'no export is under way' : `${count(underWay, 'export')} under way end first`;
  return `${nothing}; ${jobsToPoll}, then the run settles.`;
}

async function settledAlready({ store, clock }: RunDeps, runId: string): Promise<PhonevaultError> {
  const run = await getRun(store, runId, clock.now());
  const how = run?.outcome == null ? '' : ` (${run.outcome})`;
  return new PhonevaultError('conflict', `run ${runId} is settled already${how}`, {
    hint: `there is nothing left to cancel; see phonevault runs show ${runId}`,
  });
}
