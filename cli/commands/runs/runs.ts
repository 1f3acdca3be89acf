import { runOutcomes, type RunOutcome } from '../../../lib/ledger/run/report.ts';
import { rebuildRunIndex } from '../../../lib/ledger/state/run-index/rebuild.ts';
import { listRuns, PAGE_TOKEN } from '../../../lib/run/query/runs/list-runs.ts';
import { wrongUse } from '../../program/command.ts';
import { repeatable } from '../../program/repeat.ts';
import type { RunDeps } from '../../../lib/run/deps.ts';
import { readPolicyText } from '../../show/policies.ts';
import { connect } from '../../sign-in/connect.ts';
import { policyValue } from '../../program/id-values.ts';
import { runsText } from '../../show/runs/runs-text.ts';
import { momentValue, wholeNumber } from '../../program/option-values.ts';
import { fold } from '../../text/fold.ts';
import { count } from '../../text/plural.ts';
import { toJson } from '../../text/printable.ts';
import { wordsOf } from '../../words/words.ts';
import { runsShowCommand } from './runs-show.ts';

const MAX = 1_000;
const DEFAULT_MAX = 20;

type Options = {
  policy?: string;
  outcome?: RunOutcome;
  since?: (now: number) => number;
  until?: (now: number) => number;
  open?: boolean;
  limit?: number;
  after?: string;
  rebuild?: boolean;
};

const runsListCommand = repeatable<Options>({
  name: 'list',
  summary: 'list runs',
  description: 'Lists open runs, then settled ones, newest first.',
  options: [
    { flags: '--policy <name>', text: 'only runs of this policy', parse: policyValue },
    { flags: '--outcome <outcome>', text: 'only runs with this outcome', choices: runOutcomes },
    {
      flags: '--since <moment>',
      text: 'settled since then: 7d (ago) or 2026-01-02',
      parse: momentValue,
    },
    {
      flags: '--until <moment>',
      text: 'settled until then: 7d (ago) or 2026-01-02',
      parse: momentValue,
    },
    { flags: '--open', text: 'only open runs' },
    {
      flags: '--limit <n>',
      text: `list at most this many (default: ${DEFAULT_MAX})`,
      parse: wholeNumber(1, MAX),
    },
    {
      flags: '--after <token>',
      text: 'continue a list after the page token that it printed',
      parse: pageTokenValue,
    },
    { flags: '--rebuild', text: 'first rebuild the index from all reports' },
  ],
  examples: [
    {
      run: 'phonevault runs --policy nightly --since 7d',
      shows: 'run                       outcome    done  started (UTC)     took\n...',
    },
    { run: 'phonevault runs show nightly-20260101t183000z' },
  ],
  async run({ options, json }, io) {
    const { since, until, limit: max = DEFAULT_MAX, rebuild, ...filter } = options;
    if (filter.open && filter.outcome) {
      throw wrongUse('--open and --outcome exclude each other', 'an open run has no outcome yet');
    }
    const { deps } = await connect(io);
    const print = (text: string) => io.err(fold(text, io.errColumns));
    const words = wordsOf(io).run;
    const now = io.clock.now();
    if (rebuild) {
      const runs = await rebuildRunIndex(deps.store);
      print(`index rebuilt: ${count(runs, 'settled run')}`);
    }
    const page = await listRuns(
      deps.store,
      { ...filter, max, ...(since && { since: since(now) }), ...(until && { until: until(now) }) },
      now,
    );
    if (page.runs.length === 0 && filter.after === undefined && filter.policy !== undefined) {
      await assertKnown(deps, filter.policy, now);
    }
    if (json) {
      io.out(toJson(page));
      return 0;
    }
    if (page.runs.length > 0) io.out(runsText(io, page.runs));
    else if (isFiltered(options)) print(words.noRunMatches);
    else print(words.noRuns);
    if (page.next !== undefined) print(words.moreRuns(page.next));
    return 0;
  },
});

/** Lists runs, newest first, with and without the word `list`. */
export const runsCommand: typeof runsListCommand = {
  ...runsListCommand,
  name: 'runs',
  summary: 'list runs, or show one',
  subcommands: [runsListCommand, runsShowCommand],
};

/** Throws `policy_not_found` for a policy that is not in the bucket and has no run. */
async function assertKnown(deps: RunDeps, policy: string, now: number): Promise<void> {
  const { runs } = await listRuns(deps.store, { policy, max: 1 }, now);
  if (runs.length === 0) await readPolicyText(deps, policy);
}

function isFiltered({ policy, outcome, since, until, open, after }: Options): boolean {
  return [policy, outcome, since, until, open, after].some((given) => given !== undefined);
}

function pageTokenValue(value: string): string {
  if (PAGE_TOKEN.test(value)) return value;
  throw wrongUse('--after takes the page token that the list printed');
}
