import { stringify } from 'yaml';
import { changedIo } from '../io/changed-io.ts';
import type { Io } from '../io/io.ts';
import type { OptionSpec } from './command.ts';

const formats = ['table', 'wide', 'json', 'yaml'] as const;
export type Format = (typeof formats)[number];

export const jsonOption: OptionSpec = { flags: '--json', text: 'print JSON, as -o json does' };

export const formatOption: OptionSpec = {
  flags: '-o, --output <format>',
  text: 'print a table, a table of any width, JSON or YAML',
  choices: formats,
};

/** Returns true for a command that may print in any format: one without an `--output` of its own. */
export function takesFormat({ options = [] }: { options?: readonly OptionSpec[] }): boolean {
  return options.every(({ flags }) => !/--output\b/.test(flags));
}

/**
 * Returns the Io of a command that prints in this format, whether the command must print JSON, and `end`, which prints what was
 * kept back: YAML is printed only when all of it is known.
 */
export function inFormat(io: Io, format: Format): { io: Io; json: boolean; end: () => void } {
  if (format === 'wide') {
    const wide = changedIo(io, { columns: Number.POSITIVE_INFINITY });
    return { io: wide, json: false, end: () => undefined };
  }
  if (format !== 'yaml') return { io, json: format === 'json', end: () => undefined };
  const texts: string[] = [];
  const kept = changedIo(io, { out: (text) => void texts.push(text) });
  const end = () => {
    if (texts.length > 0)
      io.out(stringify(JSON.parse(texts.join('\n')), { lineWidth: 0 }).trimEnd());
  };
  return { io: kept, json: true, end };
}

/** Returns true when a command line, valid or not, wants data: an error is then printed as JSON, which is YAML too. */
export function wantsData(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  const given = end < 0 ? argv : argv.slice(0, end);
  return given.some(
    (word, index) =>
      word === '--json' ||
      /^(?:-o|--output=)(?:json|yaml)$/.test(word) ||
      (/^(?:-o|--output)$/.test(word) && /^(?:json|yaml)$/.test(given[index + 1] ?? '')),
  );
}
