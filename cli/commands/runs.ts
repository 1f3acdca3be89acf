import { runOutcomes, type RunOutcome } from '../../lib/ledger/run/report.ts';
import { rebuildRunIndex } from '../../lib/ledger/state/run-index.ts';
import { listRuns, PLACE } from '../../lib/run/query/list-runs.ts';
import { type Command, wrongUse } from '../program/command.ts';
import { connect } from '../sign-in/connect.ts';
import { policyValue } from '../show/option-values.ts';
import { runsText } from '../show/runs-text.ts';
import { momentValue, wholeNumber } from '../program/option-values.ts';
import { fold } from '../text/fold.ts';
import { count } from '../text/plural.ts';
import { toJson } from '../text/printable.ts';
import { runsShowCommand } from './runs-show.ts';

const MAX = 1_000;
const USUAL = 20;

type Options = {
  policy?: string;
  outcome?: RunOutcome;
  since?: (now: number) => number;
  until?: (now: number) => number;
  open?: boolean;
  max?: number;
  after?: string;
  rebuild?: boolean;
};

/** The runs, newest first. */
export const runsCommand: Command<Options> = {
  name: 'runs',
  summary: 'list the runs, or show one',
  description: 'Lists the runs: the open ones, then the settled ones, newest first.',
  options: [
    { flags: '--policy <name>', text: 'of this policy', parse: policyValue },
    { flags: '--outcome <outcome>', text: 'that ended so', choices: runOutcomes },
    {
      flags: '--since <moment>',
      text: 'settled since: 7d (ago) or 2026-01-02',
      parse: momentValue,
    },
    {
      flags: '--until <moment>',
      text: 'settled until: 7d (ago) or 2026-01-02',
      parse: momentValue,
    },
    { flags: '--open', text: 'only those that are open' },
    {
      flags: '--max <n>',
      text: `so many at most (default: ${USUAL})`,
      parse: wholeNumber(1, MAX),
    },
    { flags: '--after <place>', text: 'go on where the list before ended', parse: placeValue },
    { flags: '--rebuild', text: 'make the index anew from all reports first' },
  ],
  examples: [
    {
      run: 'phonevault runs --policy nightly --since 7d',
      shows: 'run                       outcome    exported  started (UTC)     took\n...',
    },
    { run: 'phonevault runs show nightly-20260101t183000z' },
  ],
  subcommands: [runsShowCommand],
  async run({ options, json }, io) {
    const { since, until, max = USUAL, rebuild, ...filter } = options;
    if (filter.open && filter.outcome) {
      throw wrongUse('--open and --outcome were given', 'an open run has no outcome yet');
    }
    const { deps } = await connect(io);
    const say = (text: string) => io.err(fold(text, io.errColumns));
    const now = io.clock.now();
    if (rebuild) {
      const runs = await rebuildRunIndex(deps.store);
      say(`the index is made anew: ${count(runs, 'settled run')}`);
    }
    const page = await listRuns(
      deps.store,
      { ...filter, max, ...(since && { since: since(now) }), ...(until && { until: until(now) }) },
      now,
    );
    if (json) {
      io.out(toJson(page));
      return 0;
    }
    if (page.runs.length > 0) io.out(runsText(io, page.runs));
    else if (isNarrowed(options)) say('no such runs');
    else say('no runs yet: ask for one with phonevault run <policy>');
    if (page.next !== undefined) say(`there are more: --after ${page.next}`);
    return 0;
  },
};

function isNarrowed({ policy, outcome, since, until, open, after }: Options): boolean {
  return [policy, outcome, since, until, open, after].some((given) => given !== undefined);
}

function placeValue(value: string): string {
  if (PLACE.test(value)) return value;
  throw wrongUse('that is not a place in the list: take what the list before has told');
}
