import { readRunState } from '../../../lib/run/query/runs/get-run.ts';
import { exportCalls } from '../../../lib/run/query/runs/run-log.ts';
import type { Command } from '../../program/command.ts';
import { connect } from '../../sign-in/connect.ts';
import { noSuchRun } from '../../show/runs/no-such-run.ts';
import { runIdValue } from '../../program/id-values.ts';
import { runText } from '../../show/runs/run-text.ts';
import { toJson } from '../../text/printable.ts';

type Options = { log?: boolean; phones?: boolean };

/** Shows one run: its state or outcome, its phones, its export calls and its log. */
export const runsShowCommand: Command<Options> = {
  name: 'show',
  summary: 'show one run',
  description:
    'Shows the state or outcome of a run, its phones (failed ones first) and its export calls.',
  arguments: [{ name: '<run>', text: 'the id of a run' }],
  options: [
    { flags: '--log', text: 'also the log: what happened when' },
    { flags: '--phones', text: 'list all phones, not only the first 50' },
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
    const [run, phones, log] = await Promise.all([
      found.view({ phones: true }),
      found.phones(),
      found.log(),
    ]);
    const details = { run, phones, calls: exportCalls(log), log };
    if (json) io.out(toJson(details));
    else {
      const { log: withLog = false, phones: allPhones = false } = options;
      io.out(runText(io, details, { bucket: deps.ledger.bucket, allPhones, log: withLog }));
    }
    return 0;
  },
};
