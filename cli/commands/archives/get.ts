import { join, resolve } from 'node:path';
import { visible } from '../../../lib/visible.ts';
import { download } from '../../archive/download.ts';
import {
  openArchive,
  phoneArgument,
  readOptions,
  type ReadOptions,
} from '../../archive/open-archive.ts';
import type { Command } from '../../program/command.ts';
import { fold } from '../../text/fold.ts';
import { toJson } from '../../text/printable.ts';
import { size } from '../../text/size.ts';
import { ago } from '../../text/time.ts';
import { wordsOf } from '../../words/words.ts';

/** Downloads an archive and reads it to its end. */
export const archivesGetCommand: Command<ReadOptions & { output?: string }> = {
  name: 'get',
  summary: 'download an archive of a phone',
  description: [
    'Downloads the newest good archive of a phone. While it streams, the tar is read to its last byte, and size and ETag are compared with those that were verified.',
    'An interrupted download goes on where it stopped: type the same command again.',
    'Exits with 1 when the archive has changed, is broken or missing.',
  ].join(' '),
  arguments: [phoneArgument],
  options: [
    ...readOptions,
    { flags: '-o, --output <folder>', text: 'write it there (default: the current folder)' },
  ],
  examples: [
    {
      run: 'phonevault archives get game-0010',
      shows:
        'game-0010-nightly-20260101t183000z.tar: 120 MB, 61 files, read to its end\n  backed up 9 h ago by nightly',
    },
    { run: 'phonevault archives get game-0010 --at 2026-01-02 -o /tmp' },
  ],
  async run({ args: [phone = ''], options, json }, io) {
    const { archive, obs, progress } = await openArchive(io, phone, options);
    const name = `${fileName(archive.phone_name || archive.phone_id)}-${archive.run_id}.tar`;
    const file = join(resolve(io.cwd, options.output ?? '.'), name);
    const { held, ...content } = await download(obs, archive, file, progress).finally(
      progress.stop,
    );
    if (json) {
      io.out(toJson({ ...archive, file, ...content }));
      return 0;
    }
    const { archive: words, common } = wordsOf(io);
    const was = held === archive.size ? common.note(words.wasThere) : '';
    const facts = [size(archive.size), words.files(content.files), words.readToEnd];
    io.out(fold(visible(file) + common.colon + facts.join(common.comma) + was, io.columns));
    const age = ago(io.clock.now() - Date.parse(archive.verified_at), io.language);
    io.out(fold(`  ${words.backedUp(age, archive.policy)}`, io.columns, '    '));
    return 0;
  },
};

/** Returns a name that every file system takes. */
function fileName(name: string): string {
  return name.replaceAll(/[^\w.-]+/g, '_').replace(/^[.-]+/, '_');
}
