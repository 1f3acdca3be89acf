import type { ValueKind } from './values.ts';
import type { Command, OptionSpec } from '../program/command.ts';
import { languageOption } from '../io/language.ts';
import { formatOption, jsonOption, takesFormat } from '../program/output.ts';

/** What may follow one command. The root is '', `runs show` is '/runs/show'. */
export type Place = {
  at: string;
  commands: { name: string; text: string }[];
  options: CompletedOption[];
  /** Its arguments: files, words of a list, names that the program looks up, or values that completion cannot know. */
  args: Values;
};

export type CompletedOption = { long: string; short?: string; text: string; values?: Values };

export type Values = 'files' | 'unknown' | ValueKind | readonly string[];

/** Returns the command tree for completion scripts, the root first. */
export function placesOf(commands: readonly Command[]): Place[] {
  const listed = commands.map(({ name, summary }) => ({ name, text: summary }));
  const root: Place = {
    at: '',
    commands: [...listed, { name: 'help', text: 'print the help of a command' }],
    options: [
      completed(languageOption),
      HELP,
      { long: '--version', short: '-V', text: 'print the version' },
    ],
    args: 'unknown',
  };
  const help: Place = { at: '/help', commands: listed, options: [], args: 'unknown' };
  return [root, help, ...commands.flatMap((command) => placesBelow('', command))];
}

const HELP: CompletedOption = { long: '--help', short: '-h', text: 'print help' };

function placesBelow(above: string, command: Command): Place[] {
  const at = `${above}/${command.name}`;
  const [argument] = command.arguments ?? [];
  const subcommands = command.subcommands ?? [];
  const place: Place = {
    at,
    commands: subcommands.map(({ name, summary }) => ({ name, text: summary })),
    options: [
      ...(command.options ?? []).map(completed),
      ...(command.passThrough ? [] : [completed(jsonOption), completed(languageOption)]),
      ...(command.passThrough || !takesFormat(command) ? [] : [completed(formatOption)]),
      HELP,
    ],
    args: argument === undefined ? 'unknown' : (argument.choices ?? kindOf(argument.name)),
  };
  return [place, ...subcommands.flatMap((sub) => placesBelow(at, sub))];
}

function completed({ flags, text, choices }: OptionSpec): CompletedOption {
  const [, short, long = '', value] = /^(?:(-\w), )?(--[\w-]+)(?: ([<[].+))?$/.exec(flags) ?? [];
  return {
    long,
    ...(short === undefined ? {} : { short }),
    text,
    ...(value === undefined ? {} : { values: choices ?? kindOf(value, long) }),
  };
}

/** Judges by the name of the value, such as `<policy>`, or of its option: `--run <id>`. */
function kindOf(name: string, option = ''): Values {
  if (/\bfile\b/.test(name)) return 'files';
  const what = /\b(?:name|id)\b/.test(name) ? option : name;
  const kinds: [RegExp, ValueKind][] = [
    [/\bpolicy\b/, 'policies'],
    [/\brun\b/, 'runs'],
    [/\bphone\b/, 'phones'],
  ];
  return kinds.find(([pattern]) => pattern.test(what))?.[1] ?? 'unknown';
}

/** Returns the command that prints the values of a kind, for a shell; undefined for other values. `word`: what was typed so far. */
export function lookupOf(values: Values, word: string): string | undefined {
  if (typeof values !== 'string' || values === 'files' || values === 'unknown') return undefined;
  return `phonevault completion --values ${values} --prefix="${word}" 2>/dev/null`;
}
