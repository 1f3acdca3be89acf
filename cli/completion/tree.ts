import type { Command, OptionSpec } from '../program/command.ts';

/** What may follow one command. The root is '', `runs show` is '/runs/show'. */
export type Place = {
  at: string;
  commands: { name: string; text: string }[];
  options: CompletedOption[];
  /** Its arguments: files, words of a list, or values that completion cannot know. */
  args: Values;
};

export type CompletedOption = { long: string; short?: string; text: string; values?: Values };

export type Values = 'files' | 'unknown' | readonly string[];

/** Returns the command tree for completion scripts, the root first. */
export function placesOf(commands: readonly Command[]): Place[] {
  const listed = commands.map(({ name, summary }) => ({ name, text: summary }));
  const root: Place = {
    at: '',
    commands: [...listed, { name: 'help', text: 'print the help of a command' }],
    options: [HELP, { long: '--version', short: '-V', text: 'print the version' }],
    args: 'unknown',
  };
  const help: Place = { at: '/help', commands: listed, options: [], args: 'unknown' };
  return [root, help, ...commands.flatMap((command) => placesBelow('', command))];
}

const HELP: CompletedOption = { long: '--help', short: '-h', text: 'print help' };
const JSON_OPTION: CompletedOption = { long: '--json', text: 'print JSON' };

function placesBelow(above: string, command: Command): Place[] {
  const at = `${above}/${command.name}`;
  const [argument] = command.arguments ?? [];
  const subcommands = command.subcommands ?? [];
  const place: Place = {
    at,
    commands: subcommands.map(({ name, summary }) => ({ name, text: summary })),
    options: [
      ...(command.options ?? []).map(completed),
      ...(command.passThrough ? [] : [JSON_OPTION]),
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
    ...(value === undefined ? {} : { values: choices ?? kindOf(value) }),
  };
}

const kindOf = (name: string): Values => (/\bfile\b/.test(name) ? 'files' : 'unknown');
