import { type Block, readRetention } from '../../../lib/ledger/retention/state.ts';
import { requestPrune } from '../../../lib/ledger/retention/prune.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { exists } from '../../../lib/ledger/store/store.ts';
import {
  policiesWithArchives,
  type Preview,
  previewPrune,
} from '../../../lib/run/retention/preview.ts';
import { wakeDrive } from '../../../lib/run/request/wake-drive.ts';
import type { Io } from '../../io/io.ts';
import { type Command, INTERRUPTED } from '../../program/command.ts';
import { policyValue } from '../../program/id-values.ts';
import { noSuchPolicy } from '../../show/policies.ts';
import { entryOf, type PrunedPolicy, type PruneEntry } from '../../show/prune-entries.ts';
import { printPruneJson, pruneText } from '../../show/prune-text.ts';
import { connect, type Session } from '../../sign-in/connect.ts';
import { fold } from '../../text/fold.ts';
import { watchPrunes } from '../../watch/watch-prunes.ts';
import { wordsOf } from '../../words/words.ts';

/** Why a policy is not listed unless it is named. */
const QUIET: ReadonlySet<Block> = new Set<Block>(['no_rules']);

type Options = { dryRun?: boolean; drive?: boolean };

/** Applies the retention rules of policies now. */
export const pruneCommand: Command<Options> = {
  name: 'prune',
  summary: 'delete the archives that no retention rule keeps',
  description: [
    'Asks drive to apply the retention rules of a policy, or of all policies that have some, and watches until that is done. Drive',
    'also does so by itself after a run, at most once a day. Exits with 1 when a policy is blocked, as when more than',
    'retention.max_delete is due, or when the bucket refuses a deletion, and with 130 after Ctrl-C: drive goes on without you.',
  ].join(' '),
  arguments: [
    {
      name: '[policy]',
      text: 'the name of a policy; all policies with rules or archives if missing',
    },
  ],
  options: [
    { flags: '--dry-run', text: 'show what would be deleted and kept, and why; change nothing' },
    {
      flags: '--drive',
      text: 'do the work in this process, under the same lease as the functions',
    },
  ],
  examples: [
    {
      run: 'phonevault prune nightly --dry-run',
      shows: 'nightly: 12 of 30 archives would be deleted (24.1 GB)',
    },
    { run: 'phonevault prune --dry-run --json' },
    { run: 'phonevault prune nightly' },
  ],
  async run({ args: [name], options: { dryRun = false, drive = false }, json }, io) {
    const only = name === undefined ? undefined : policyValue(name);
    const session = await connect(io, { needsTopic: drive && !dryRun });
    const previews = await previewsOf(session, only);
    if (dryRun) {
      await print(
        io,
        json,
        previews.map((preview) => ({ preview, isDryRun: true })),
      );
      return 0;
    }
    return pruneNow(io, session, previews, { drive, json });
  },
};

async function previewsOf({ deps }: Session, only: string | undefined): Promise<Preview[]> {
  const names = only === undefined ? await policiesWithArchives(deps) : [only];
  const previews: Preview[] = [];
  for (const policy of names) {
    const preview = await previewPrune(deps, policy);
    if (only !== undefined && preview.block === 'policy_gone' && preview.standing === 0) {
      throw await noSuchPolicy(deps, policy);
    }
    const isQuiet = preview.block !== undefined && QUIET.has(preview.block);
    if (only !== undefined || !isQuiet) previews.push(preview);
  }
  return previews;
}

async function pruneNow(
  io: Io,
  session: Session,
  before: readonly Preview[],
  { drive, json }: { drive: boolean; json: boolean },
): Promise<number> {
  const { deps } = session;
  const asked = before.filter(({ block }) => block !== 'policy_gone' && block !== 'no_rules');
  const planned = new Map<string, PruneEntry[]>();
  for (const preview of asked) planned.set(preview.policy, await dueOf(preview));
  for (const { policy } of asked) await requestPrune(deps.store, policy);
  if (asked.length > 0 && !drive && (await wakeDrive(deps, session.wake)) === 'failed') {
    io.err(fold(wordsOf(io).watch.notWoken, io.errColumns));
  }
  const isDone = await watchPrunes(
    io,
    session,
    asked.map(({ policy }) => policy),
    drive,
  );
  const results: PrunedPolicy[] = [];
  for (const earlier of before) {
    const { policy } = earlier;
    const isOpen = await exists(deps.store, layout.pruneRequest(policy));
    const last = isOpen ? undefined : (await readRetention(deps.store, policy))?.last;
    const preview = await previewPrune(deps, policy);
    results.push({ preview, isDryRun: false, last, planned: planned.get(policy) });
  }
  await print(io, json, results);
  if (!isDone) return INTERRUPTED;
  const isBad = ({ preview, last }: PrunedPolicy): boolean =>
    (last?.blocked ?? preview.block) !== undefined ||
    (last?.refused ?? 0) + (last?.missing ?? 0) > 0;
  return results.some(isBad) ? 1 : 0;
}

/** Returns the archives that no rule keeps. */
async function dueOf(preview: Preview): Promise<PruneEntry[]> {
  const due: PruneEntry[] = [];
  if (preview.block !== undefined) return due;
  for await (const judged of preview.archives()) if (!judged.keep) due.push(entryOf(judged));
  return due;
}

async function print(io: Io, json: boolean, policies: readonly PrunedPolicy[]): Promise<void> {
  if (json) await printPruneJson(io, policies);
  else if (policies.length === 0) io.err(wordsOf(io).retention.noRules);
  else for (const policy of policies) io.out(await pruneText(io, policy));
}
