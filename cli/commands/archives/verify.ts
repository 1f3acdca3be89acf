import { PhonevaultError } from '../../../lib/errors.ts';
import { type Verified, verifyArchive } from '../../../lib/run/archive/verify-archive.ts';
import { listArchives } from '../../../lib/run/query/archives.ts';
import type { ArchiveView } from '../../../lib/run/query/schemas/archive.ts';
import { visible } from '../../../lib/visible.ts';
import { atOption, filterOf, type FilterOptions, policyOption } from '../../archive/filter.ts';
import {
  askForThaw,
  thawArchive,
  thawOption,
  type ThawOptions,
} from '../../archive/thaw-archive.ts';
import { createTransferProgress } from '../../archive/transfer-progress.ts';
import type { Io } from '../../io/io.ts';
import type { Command } from '../../program/command.ts';
import { wholeNumber } from '../../program/option-values.ts';
import { connect } from '../../sign-in/connect.ts';
import { fold } from '../../text/fold.ts';
import { toJson } from '../../text/printable.ts';
import { size } from '../../text/size.ts';
import { sayIn } from '../../words/sentences/say.ts';
import { wordsOf } from '../../words/words.ts';

const READ = 10;

type Options = FilterOptions & ThawOptions & { limit?: number };

/** Reads archives to their end. */
export const archivesVerifyCommand: Command<Options> = {
  name: 'verify',
  summary: 'read archives to their end',
  description: [
    'Downloads archives without keeping them, newest first: the tar must be readable to its last byte, and size and ETag must be those that were verified.',
    'Names included paths of which an archive holds nothing.',
    'Exits with 1 when an archive has changed, is broken, missing or unreadable.',
  ].join(' '),
  arguments: [{ name: '[phone]', text: 'the id or the name of a phone' }],
  options: [
    policyOption,
    atOption('only archives'),
    {
      flags: '--limit <n>',
      text: `read at most this many (default: ${READ})`,
      parse: wholeNumber(1, 10_000),
    },
    thawOption('make archives in a cold storage class readable first, and wait'),
  ],
  examples: [
    {
      run: 'phonevault archives verify game-0010 --limit 1',
      shows: 'ok  game-0010  nightly  120 MB, 61 files\n1 archive of 1 read to the end',
    },
    { run: 'phonevault archives verify --policy nightly --json' },
  ],
  async run({ args: [phone], options: { limit: max = READ, thaw, ...filter }, json }, io) {
    const { deps, obs } = await connect(io);
    const words = wordsOf(io).archive;
    const { archives } = await listArchives(deps.store, { ...filterOf(io, filter, phone), max });
    if (archives.length === 0) io.err(words.noneMatches);
    const results: (ArchiveView & Verified)[] = [];
    // They become readable at the same time.
    const ask = (archive: ArchiveView) => thaw && orRead(askForThaw(obs, archive, thaw));
    for (const archive of archives) await ask(archive);
    for (const archive of archives) {
      if (thaw !== undefined) await orRead(thawArchive(io, obs, archive, thaw));
      const progress = createTransferProgress(io, nameOf(archive), archive.size);
      const verified = await verifyArchive(obs, archive, progress.add).finally(progress.stop);
      results.push({ ...archive, ...verified });
      if (!json) printOne(io, archive, verified);
    }
    const good = results.filter(({ result }) => result === 'ok').length;
    if (json) io.out(toJson(results));
    else io.out(words.verified(good, archives.length));
    return good === archives.length && good > 0 ? 0 : 1;
  },
};

/** One that cannot be made readable cannot be read either: that says why. Throws other errors than those of the service. */
const orRead = (made: Promise<unknown>): Promise<unknown> =>
  made.catch((error: unknown) => {
    if (!(error instanceof PhonevaultError)) throw error;
  });

const nameOf = ({ phone_name, phone_id }: ArchiveView): string => phone_name || phone_id;

function printOne(io: Io, archive: ArchiveView, verified: Verified): void {
  const { archive: words, common } = wordsOf(io);
  const start = `${words.results[verified.result]}  ${visible(nameOf(archive))}  ${archive.policy}  `;
  const print = (text: string) => io.out(fold(text, io.columns, '    '));
  if (verified.result !== 'ok') {
    print(`${start}${visible(verified.message)}`);
    if (verified.hint !== undefined) print(`  ${sayIn(io.language, verified.hint)}`);
    return;
  }
  print(start + size(archive.size) + common.comma + words.files(verified.files));
  if (verified.absent.length > 0) {
    print(`  ${words.nothingOf(verified.absent.join(common.comma))}`);
  }
}
