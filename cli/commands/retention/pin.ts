import { putPin, removePin } from '../../../lib/ledger/catalogue/pins.ts';
import { PhonevaultError } from '../../../lib/errors.ts';
import { namedArchive } from '../../../lib/run/query/named-archive.ts';
import { viewOf } from '../../../lib/run/query/archives.ts';
import { visible } from '../../../lib/visible.ts';
import { atOption } from '../../archive/filter.ts';
import type { Io } from '../../io/io.ts';
import type { Command } from '../../program/command.ts';
import { connect } from '../../sign-in/connect.ts';
import { fold } from '../../text/fold.ts';
import { toJson } from '../../text/printable.ts';
import { wordsOf } from '../../words/words.ts';

type Options = { at?: (now: number) => number };

const words = {
  argument: {
    name: '<archive>',
    text: 'the key of an archive, or the name or the id of a phone: its newest archive',
  },
  at: atOption('the newest archive of the phone'),
};

/** Pins an archive, so that retention never deletes it. */
export const pinCommand: Command<Options> = {
  name: 'pin',
  summary: 'keep an archive until it is unpinned',
  description:
    'Pins an archive: no retention rule deletes it. Exits with 1 when it is gone already.',
  arguments: [words.argument],
  options: [words.at],
  examples: [
    { run: 'phonevault pin game-0010', shows: 'pinned: obs://my-phone-backups/...' },
    { run: 'phonevault pin game-0010 --at 2026-01-02' },
  ],
  run: ({ args: [what = ''], options, json }, io) =>
    pin({ what, options, json, says: 'pinned' }, io),
};

/** Takes the pin of an archive away. */
export const unpinCommand: Command<Options> = {
  name: 'unpin',
  summary: 'let retention decide about a pinned archive again',
  description: 'Takes the pin of an archive away: the retention rules of its policy count again.',
  arguments: [words.argument],
  options: [words.at],
  examples: [{ run: 'phonevault unpin game-0010', shows: 'unpinned: obs://my-phone-backups/...' }],
  async run({ args: [what = ''], options: { at }, json }, io) {
    const { deps } = await connect(io);
    const archive = await namedArchive(deps.store, what, at?.(io.clock.now()));
    const refused = await removePin(deps.store, archive);
    if (refused !== undefined) {
      throw new PhonevaultError('access_denied', `the pin cannot be deleted: ${refused}`, {
        hint: 'grant yourself obs:object:DeleteObject for pins/ in the bucket of the ledger',
      });
    }
    if (json) io.out(toJson(viewOf(archive, false)));
    else io.out(doneText(io, 'unpinned', archive));
    return 0;
  },
};

/** Takes an archive out of the trash by pinning it. */
export const archivesUndeleteCommand: Command<Options> = {
  name: 'undelete',
  summary: 'take an archive out of the trash',
  description:
    'Takes an archive out of the trash and pins it, so that the retention rules do not put it there again. Exits with 1 when it is gone already.',
  arguments: [words.argument],
  options: [words.at],
  examples: [
    {
      run: 'phonevault archives undelete game-0010 --at 2026-01-02',
      shows: 'undeleted and pinned: obs://my-phone-backups/...',
    },
  ],
  run: ({ args: [what = ''], options, json }, io) =>
    pin({ what, options, json, says: 'undeleted' }, io),
};

async function pin(
  {
    what,
    options: { at },
    json,
    says,
  }: { what: string; options: Options; json: boolean; says: 'pinned' | 'undeleted' },
  io: Io,
): Promise<number> {
  const { deps } = await connect(io);
  const now = io.clock.now();
  const archive = await namedArchive(deps.store, what, at?.(now));
  await putPin(deps.store, archive, now);
  // Drive may have deleted it just before it saw the pin.
  if ((await deps.archives.head(archive.bucket, archive.key)) === undefined) {
    await removePin(deps.store, archive);
    throw new PhonevaultError('not_found', `obs://${archive.bucket}/${archive.key} is gone`, {
      hint: 'phonevault archives check compares the catalogue with the buckets',
    });
  }
  if (json) io.out(toJson(viewOf(archive, true)));
  else io.out(doneText(io, says, archive));
  return 0;
}

function doneText(
  io: Io,
  says: 'pinned' | 'unpinned' | 'undeleted',
  { bucket, key }: { bucket: string; key: string },
): string {
  const { retention: words, common } = wordsOf(io);
  return fold(words[says] + common.colon + visible(`obs://${bucket}/${key}`), io.columns);
}
