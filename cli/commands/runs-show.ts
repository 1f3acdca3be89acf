import { exportCalls, readRunState } from '../../lib/run/query/get-run.ts';
import type { Command } from '../program/command.ts';
import { connect } from '../sign-in/connect.ts';
import { noSuchRun } from '../show/no-such-run.ts';
import { runIdValue } from '../show/option-values.ts';
import { runText } from '../show/run-text.ts';
import { toJson } from '../text/printable.ts';

type Options = { log?: boolean; phones?: boolean };

/** One run: how it stands or ended, its phones and export calls, and its log. */
export const runsShowCommand: Command<Options> = {
  name: 'show',
  summary: 'show one run',
  description:
    'Shows a run: how it stands or ended, its phones (failed ones first), its export calls.',
  arguments: [{ name: '<run>', text: 'the id of a run' }],
  options: [
    { flags: '--log', text: 'also what happened when' },
    { flags: '--phones', text: 'all phones, not only the first 50' },
  ],
  examples: [
    {
      run: 'phonevault runs show nightly-20260101t183000z',
      shows: 'Run nightly-20260101t183000z: partial\n  policy    nightly\n  ...',
    },
    { run: 'phonevault runs show nightly-20260101t183000z --log | grep game-0007' },
  ],
  async run({ args: [given = ''], options, json }, io) {
    const runId = runIdValue(given);
    const { deps } = await connect(io);
    const found = await readRunState(deps.store, runId, io.clock.now());
    if (found === undefined) throw await noSuchRun(deps, runId);
    const [run, phones, log] = await Promise.all([found.view(), found.phones(), found.log()]);
    const told = { run, phones, calls: exportCalls(log), log };
    if (json) io.out(toJson(told));
    else {
      const { log: withLog = false, phones: allPhones = false } = options;
      io.out(runText(io, told, { bucket: deps.ledger.bucket, allPhones, log: withLog }));
    }
    return 0;
  },
};
