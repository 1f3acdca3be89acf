import { resolve } from 'node:path';
import { visible } from '../../../lib/visible.ts';
import { extractInto } from '../../archive/extract-entries.ts';
import {
  openArchive,
  pathOption,
  phoneArgument,
  readOptions,
  type ReadOptions,
} from '../../archive/open-archive.ts';
import type { Command } from '../../program/command.ts';
import { fold } from '../../text/fold.ts';
import { toJson } from '../../text/printable.ts';
import { size } from '../../text/size.ts';
import { wordsOf } from '../../words/words.ts';

/** Writes files of an archive to this machine. */
export const archivesExtractCommand: Command<ReadOptions & { path?: string; output?: string }> = {
  name: 'extract',
  summary: 'take files out of an archive of a phone',
  description: [
    'Writes files of the newest good archive of a phone into a folder, with the folders of the phone inside. The whole archive is read.',
    'Never overwrites a file. Links and devices are left out; owners and modes are not kept.',
    'Exits with 1 when nothing is at the path, or the archive has changed, is broken or missing.',
  ].join(' '),
  arguments: [phoneArgument],
  options: [
    ...readOptions,
    pathOption,
    { flags: '-o, --output <folder>', text: 'write there (default: the current folder)' },
  ],
  examples: [
    {
      run: 'phonevault archives extract game-0010 --path /data/data/com.example.game -o saved',
      shows: '12 files (3.4 MB) written below saved',
    },
  ],
  async run({ args: [phone = ''], options, json }, io) {
    const { archive, read } = await openArchive(io, phone, options);
    const folder = resolve(io.cwd, options.output ?? '.');
    const { visit, done } = extractInto(folder, options.path ?? '/');
    await read(visit);
    if (json) io.out(toJson({ ...archive, folder, ...done }));
    else {
      const words = wordsOf(io).archive;
      const where = visible(options.output ?? '.');
      const text = words.written(words.files(done.files), size(done.bytes), where);
      io.out(fold(text, io.columns));
      if (done.skipped > 0) io.err(words.leftOut(done.skipped));
    }
    return done.files + done.skipped > 0 ? 0 : 1;
  },
};
