import { checkArchives } from '../../../lib/run/query/check-archives.ts';
import { visible } from '../../../lib/visible.ts';
import type { Command } from '../../program/command.ts';
import { unreadableLines } from '../../show/unreadable-text.ts';
import { connect } from '../../sign-in/connect.ts';
import { toJson } from '../../text/printable.ts';
import { wordsOf } from '../../words/words.ts';

const SHOWN = 50;

/** Compares the catalogue of archives with the buckets. */
export const archivesCheckCommand: Command = {
  name: 'check',
  summary: 'compare the catalogue with the buckets',
  description: [
    'Lists the archives of the catalogue that their bucket does not hold (missing), and the objects that look like archives and are not in the catalogue (unknown), such as leftovers.',
    'Exits with 1 when an archive is missing.',
  ].join(' '),
  examples: [
    { run: 'phonevault archives check', shows: '0 archives missing, 2 objects unknown\n  ...' },
    { run: 'phonevault archives check --json' },
  ],
  async run({ json }, io) {
    const { deps } = await connect(io);
    const checked = await checkArchives(deps);
    const { missing, unknown, unreadable = [] } = checked;
    if (json) io.out(toJson(checked));
    else {
      const words = wordsOf(io).retention;
      io.out(words.checked(missing.length, unknown.length));
      for (const [what, keys] of [
        ['missing', missing],
        ['unknown', unknown],
      ] as const) {
        for (const key of keys.slice(0, SHOWN)) io.out(`  ${words.checks[what]}  ${visible(key)}`);
        const more = keys.length - SHOWN;
        if (more > 0) io.out(`  ${words.moreKeys(more, words.checks[what])}`);
      }
      if (unreadable.length > 0) io.out(unreadableLines(io, unreadable).join('\n'));
    }
    return missing.length + unreadable.length > 0 ? 1 : 0;
  },
};
