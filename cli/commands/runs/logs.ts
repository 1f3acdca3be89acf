import { readRunState } from '../../../lib/run/query/runs/get-run.ts';
import type { LogLine, RunPhone } from '../../../lib/run/query/schemas/run.ts';
import { visibleAll } from '../../../lib/visible.ts';
import { functions } from '../../doctor/deployment/deployed.ts';
import { type Command, wrongUse } from '../../program/command.ts';
import { phoneValue, runIdValue } from '../../program/id-values.ts';
import { logText } from '../../show/runs/log-text.ts';
import { noSuchRun } from '../../show/runs/no-such-run.ts';
import { connect } from '../../sign-in/connect.ts';
import { fold } from '../../text/fold.ts';
import { toJson } from '../../text/printable.ts';
import { wordsOf } from '../../words/words.ts';

type Options = { phone?: string[]; problems?: boolean };

const PROBLEMS = new Set([
  ...['refused', 'outcome_unknown', 'postponed', 'absent', 'archive_rejected', 'unlisted'],
  ...['outage_started', 'step_failed', 'not_done', 'delete_refused', 'delete_failed'],
  ...['notify_failed', 'unreadable'],
]);

/** Shows what happened in a run, event by event. */
export const logsCommand: Command<Options> = {
  name: 'logs',
  summary: 'show what happened in a run, event by event',
  description:
    'Shows the log of a run from the ledger, oldest event first. The logs of the functions are not in the ledger: read them in the FunctionGraph console, or in a checkout: npx serverless logs -f drive.',
  arguments: [{ name: '<run>', text: 'the id of a run' }],
  options: [
    {
      flags: '--phone <phone...>',
      text: 'only the events of these phones, by id or name',
      parse: phoneValue,
    },
    { flags: '--problems', text: 'only what went wrong' },
  ],
  examples: [
    {
      run: 'phonevault logs nightly-20260101t183000z --phone game-0021',
      shows: [
        '2026-01-02 02:30:04  asks CPH to export game-0019 game-0020 game-0021',
        '2026-01-02 02:30:05  game-0021  CPH accepted the request',
        '2026-01-02 02:30:41  game-0021  the job failed: CPH could not write to OBS (CPS.0107)',
      ].join('\n'),
    },
    { run: 'phonevault logs nightly-20260101t183000z --problems -o json' },
  ],
  async run({ args: [given = ''], options: { phone: wanted, problems = false }, json }, io) {
    refuseFunction(given);
    const runId = runIdValue(given);
    const { deps } = await connect(io);
    const found = await readRunState(deps.store, runId, io.clock.now());
    if (found === undefined) throw await noSuchRun(deps, runId);
    const [view, phones, log] = await Promise.all([found.view(), found.phones(), found.log()]);
    const ids = wanted === undefined ? undefined : idsOf(wanted, phones, runId);
    const shown = log.filter(
      (line) => (ids === undefined || isOf(line, ids)) && (!problems || isProblem(line)),
    );
    if (json) {
      io.out(toJson({ run_id: runId, log: shown }));
      return 0;
    }
    const { log: words, run: runWords } = wordsOf(io);
    const names = new Map(phones.map(({ phone_id, phone_name }) => [phone_id, phone_name]));
    if (shown.length > 0) {
      io.err(fold(words.title(runId, io.zone), io.errColumns));
      io.out(logText(io, visibleAll(shown), visibleNames(names)).join('\n'));
    } else {
      const nothing = log.length === 0 ? words.empty : words.nothingMatches;
      io.err(fold(view.folded === undefined ? nothing : runWords.foldedText, io.errColumns));
    }
    return 0;
  },
};

/** Throws wrong use for the name of a function. */
function refuseFunction(given: string): void {
  const key = functions.find((name) => given === name || given.endsWith(`-${name}`));
  if (key === undefined || !/^(?:phonevault-[a-z0-9-]+-)?[a-z]+$/.test(given)) return;
  throw wrongUse(
    `${given} is a function: its log is in FunctionGraph, not in the ledger`,
    `in a checkout: npx serverless logs -f ${key}; or open the function's log in the console`,
  );
}

/** Throws wrong use for a phone that the run does not know. */
function idsOf(wanted: readonly string[], phones: readonly RunPhone[], runId: string): Set<string> {
  const ids = wanted.flatMap((one) => {
    const found = phones.filter((phone) => phone.phone_id === one || phone.phone_name === one);
    if (found.length > 0) return found.map(({ phone_id }) => phone_id);
    throw wrongUse(
      `${one} is no phone of run ${runId}`,
      `see phonevault runs show ${runId} --phones`,
    );
  });
  return new Set(ids);
}

/** An event without a phone concerns the whole run, one with several each of them. */
function isOf(line: LogLine, ids: ReadonlySet<string>): boolean {
  const { phone_id: id, attempts } = line as {
    phone_id?: string;
    attempts?: { phone_id: string }[];
  };
  if (id !== undefined) return ids.has(id);
  return attempts?.some((attempt) => ids.has(attempt.phone_id)) ?? false;
}

function isProblem({ type, result, outcome }: LogLine): boolean {
  if (type === 'ended') return result !== 'succeeded';
  if (type === 'read') return result !== 'ok';
  return PROBLEMS.has(type) || (type === 'outcome' && outcome !== 'cancelled');
}

const visibleNames = (names: ReadonlyMap<string, string>): Map<string, string> =>
  new Map(visibleAll([...names]));
