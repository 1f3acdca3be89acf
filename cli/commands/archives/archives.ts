import { rebuildCatalogue } from '../../../lib/ledger/catalogue/rebuild/rebuild.ts';
import { problemOf } from '../../../lib/run/query/unreadable.ts';
import { listArchives, type ArchivePage } from '../../../lib/run/query/archives.ts';
import type { ObjectProblem } from '../../../lib/run/query/schemas/object.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { atOption, filterOf, type FilterOptions, policyOption } from '../../archive/filter.ts';
import type { Io } from '../../io/io.ts';
import type { Command } from '../../program/command.ts';
import { wholeNumber } from '../../program/option-values.ts';
import { archivesText } from '../../show/archives-text.ts';
import { runIdValue } from '../../program/id-values.ts';
import { unreadableLines } from '../../show/unreadable-text.ts';
import { readPolicyText } from '../../show/policies.ts';
import { connect, type Session } from '../../sign-in/connect.ts';
import { fold } from '../../text/fold.ts';
import { toJson } from '../../text/printable.ts';
import { archivesCheckCommand } from './check.ts';
import { archivesExtractCommand } from './extract.ts';
import { archivesGetCommand } from './get.ts';
import { archivesLsCommand } from './ls.ts';
import { archivesUndeleteCommand } from '../retention/pin.ts';
import { archivesVerifyCommand } from './verify.ts';
import { wordsOf } from '../../words/words.ts';

const MAX = 1_000_000;
const SHOWN = 50;
/** As many archives as are kept in memory at once. */
const PAGE = 20_000;

type Options = FilterOptions & { limit?: number; rebuild?: true | string };

/** Lists verified archives, newest first. */
export const archivesCommand: Command<Options> = {
  name: 'archives',
  summary: 'list verified archives',
  description: 'Lists the verified archives of all phones, or of one, newest first.',
  arguments: [{ name: '[phone]', text: 'the id or the name of a phone' }],
  options: [
    policyOption,
    atOption('only archives'),
    {
      flags: '--limit <n>',
      text: `list at most this many (default: ${SHOWN}, all with --json)`,
      parse: wholeNumber(1, MAX),
    },
    {
      flags: '--rebuild [run]',
      text: 'first add the archives of all settled runs to the catalogue, or of those after a run, which an interrupted rebuild has printed',
      parse: runIdValue,
    },
  ],
  examples: [
    {
      run: 'phonevault archives game-0010',
      shows:
        'phone      policy   age     size    image      flags  archive\ngame-0010  nightly  9 h ago  2.1 GB  AOSP 10.0  -      obs://...',
    },
    { run: 'phonevault archives --policy nightly --at 2026-01-02 --json' },
    { run: 'phonevault archives check' },
  ],
  subcommands: [
    archivesLsCommand,
    archivesGetCommand,
    archivesExtractCommand,
    archivesVerifyCommand,
    archivesCheckCommand,
    archivesUndeleteCommand,
  ],
  async run({ args: [phone], options, json }, io) {
    const { rebuild, limit: max = json ? MAX * 1_000 : SHOWN } = options;
    const { deps } = await connect(io);
    const print = (text: string) => io.err(fold(text, io.errColumns));
    if (rebuild !== undefined) await rebuildHere(io, deps.store, rebuild === true ? '' : rebuild);
    const filter = filterOf(io, options, phone);
    if (options.policy !== undefined) await assertKnown(deps, options.policy);
    const pages = pagesOf(max, (page) => listArchives(deps.store, { ...filter, ...page }));
    const { more, unreadable } = json ? await printJson(io, pages) : await printText(io, pages);
    if (more && !json) print(wordsOf(io).archive.more(max));
    if (unreadable.length > 0) io.err(unreadableLines(io, unreadable).join('\n'));
    return 0;
  },
};

/** Throws `policy_not_found` for a policy that is not in the bucket and has no archive. */
async function assertKnown(deps: Session['deps'], policy: string): Promise<void> {
  const { archives } = await listArchives(deps.store, { policy, max: 1 });
  if (archives.length === 0) await readPolicyText(deps, policy);
}

async function rebuildHere(io: Io, store: Store, after: string): Promise<void> {
  const words = wordsOf(io).archive;
  const print = (text: string) => io.err(fold(text, io.errColumns));
  const onWritten = (run: string) => print(words.goOn(run));
  const { runs, archives, errors } = await rebuildCatalogue(store, { after, onWritten });
  print(words.rebuilt(archives, runs));
  if (errors.length > 0) io.err(unreadableLines(io, errors.map(problemOf)).join('\n'));
}

/** Yields pages until there are no more, or `max` archives. */
async function* pagesOf(
  max: number,
  read: (page: { max: number; after?: string }) => Promise<ArchivePage>,
): AsyncGenerator<ArchivePage & { isLast: boolean }> {
  let left = max;
  let after: string | undefined;
  do {
    const from = after === undefined ? {} : { after };
    const page = await read({ max: Math.min(PAGE, left), ...from });
    left -= page.archives.length;
    after = page.next;
    yield { ...page, isLast: after === undefined || left <= 0 };
  } while (after !== undefined && left > 0);
}

type Pages = ReturnType<typeof pagesOf>;
type Printed = { more: boolean; unreadable: ObjectProblem[] };

/** Prints one list, page by page: all of it may not fit into memory. */
async function printJson(io: Io, pages: Pages): Promise<Printed> {
  const printed: Printed = { more: false, unreadable: [] };
  let isFirst = true;
  for await (const { archives, next, unreadable, isLast } of pages) {
    const inner = toJson(archives)
      .slice(1, -1)
      .replaceAll(/^\n|\n$/g, '');
    if (isFirst && isLast) io.out(toJson(archives));
    else io.out(`${isFirst ? '[\n' : ''}${inner}${isLast ? '\n]' : ','}`);
    isFirst = false;
    note(printed, next, unreadable);
  }
  return printed;
}

async function printText(io: Io, pages: Pages): Promise<Printed> {
  const printed: Printed = { more: false, unreadable: [] };
  for await (const { archives, next, unreadable } of pages) {
    if (archives.length > 0) io.out(archivesText(io, archives));
    else io.err(wordsOf(io).archive.noneMatches);
    note(printed, next, unreadable);
  }
  return printed;
}

function note(printed: Printed, next: string | undefined, unreadable: ObjectProblem[] = []): void {
  printed.more = next !== undefined;
  const known = new Set(printed.unreadable.map(({ key }) => key));
  printed.unreadable.push(...unreadable.filter(({ key }) => !known.has(key)));
}
