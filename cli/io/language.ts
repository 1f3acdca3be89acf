import { type Language, languages } from '../../lib/meanings/entry.ts';
import type { OptionSpec } from '../program/command.ts';
import type { Io } from './io.ts';

export const languageOption: OptionSpec = {
  flags: '--lang <language>',
  text: 'the language of texts (default: that of LC_ALL or LANG)',
  choices: languages,
};

/**
 * Returns the language of a command line: of its `--lang`, else of the variables that name it for all programs, in their order. English
 * for any other. The command line may be invalid; of several the last one counts.
 */
export function languageOf(argv: readonly string[], { env }: Pick<Io, 'env'>): Language {
  const end = argv.indexOf('--');
  const given = (end < 0 ? argv : argv.slice(0, end)).flatMap((word, index, words) =>
    word === '--lang' ? [words[index + 1]] : [/^--lang=(.*)$/.exec(word)?.[1]],
  );
  const wanted = given.findLast((value) => languages.some((one) => one === value));
  if (wanted !== undefined) return wanted as Language;
  const name = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return name.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}
