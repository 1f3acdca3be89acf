import { visible, visibleJson } from '../../../lib/visible.ts';
import type { Entry } from '../../../lib/run/archive/read-entries.ts';
import { isAtOrBelow } from '../../archive/extract-entries.ts';
import {
  openArchive,
  pathOption,
  phoneArgument,
  readOptions,
  type ReadOptions,
} from '../../archive/open-archive.ts';
import type { Command } from '../../program/command.ts';
import { fold } from '../../text/fold.ts';
import { size } from '../../text/size.ts';
import { wordsOf } from '../../words/words.ts';

/** Lists what an archive holds. */
export const archivesLsCommand: Command<ReadOptions & { path?: string }> = {
  name: 'ls',
  summary: 'list the files in an archive of a phone',
  description: [
    'Lists what the newest good archive of a phone holds, in the order of the archive. The whole archive is read.',
    'Exits with 1 when nothing is at the path, or the archive has changed, is broken or missing.',
  ].join(' '),
  arguments: [phoneArgument],
  options: [...readOptions, pathOption],
  examples: [
    {
      run: 'phonevault archives ls game-0010 --path /data/data/com.example.game',
      shows:
        '-         -  /data/data/com.example.game/\n   10086  4.0 KB  /data/data/com.example.game/shared_prefs/game.xml',
    },
    { run: 'phonevault archives ls game-0010 --json' },
  ],
  async run({ args: [phone = ''], options, json }, io) {
    const { read } = await openArchive(io, phone, options);
    let shown = 0;
    const print = (entry: Entry) => {
      if (!isAtOrBelow(entry.path, options.path ?? '/')) return;
      // An archive may hold more names than memory: each is printed at once.
      if (json) io.out(`${shown === 0 ? '[' : ','}${visibleJson(factsOf(entry))}`);
      else io.out(lineOf(entry));
      shown += 1;
    };
    const { entries } = await read(print);
    if (json) io.out(shown === 0 ? '[]' : ']');
    if (shown === 0) {
      const where = options.path ?? '/';
      io.err(fold(wordsOf(io).archive.noneAt(entries, where), io.errColumns));
    }
    return shown === 0 ? 1 : 0;
  },
};

function factsOf({ path, type, size: bytes, mtime, uid, gid }: Entry) {
  return { path, type: type ?? 'file', size: bytes ?? 0, modified: mtime ?? null, uid, gid };
}

function lineOf({ path, type, size: bytes = 0, uid = 0, linkname }: Entry): string {
  const isFolder = type === 'directory';
  const link = linkname ? ` -> ${linkname}` : '';
  const amount = isFolder ? '-' : size(bytes);
  return visible(
    `${String(uid).padStart(6)}  ${amount.padStart(8)}  ${path}${isFolder ? '/' : link}`,
  );
}
