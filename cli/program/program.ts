import { Argument, Command as Commander, InvalidArgumentError, Option } from 'commander';
import { nearest } from '../../lib/policy/parse/nearest.ts';
import { type Command, isWrongUse, type OptionSpec, wrongUse } from './command.ts';
import { examplesText, helpFormat } from './help.ts';
import type { Io } from '../io/io.ts';
import { languageOption } from '../io/language.ts';
import { type Format, formatOption, inFormat, jsonOption, takesFormat } from './output.ts';

export const ABOUT =
  'Backs up fleets of Huawei Cloud Phones: policies in a bucket, runs, verified archives.';

/** Options of every command. */
type Common = { json?: boolean; output?: Format; lang?: string };

/**
 * Returns the parser of the whole command line. It throws CommanderError where commander would end the process, and passes
 * a command's exit code to `done`.
 */
export function createProgram(
  commands: readonly Command[],
  io: Io,
  done: (code: number) => void,
): Commander {
  const program = new Commander('phonevault')
    .description(ABOUT)
    .version(io.parts.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addOption(toOption(languageOption))
    .enablePositionalOptions()
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp(helpFormat(io))
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      // Only help goes here: reportError prints errors.
      writeErr: (text) => io.err(text.trimEnd()),
      outputError: () => undefined,
      // The colours are decided elsewhere: commander must keep them.
      getOutHasColors: () => true,
      getErrHasColors: () => true,
      getOutHelpWidth: () => Math.min(io.columns, 100),
      getErrHelpWidth: () => Math.min(io.errColumns, 100),
    })
    .addHelpText('after', () =>
      examplesText(
        [{ run: 'phonevault validate nightly.yaml' }, { run: 'phonevault run nightly --help' }],
        io,
      ),
    );
  for (const command of commands) add(program, command, io, done);
  return program;
}

function add(parent: Commander, spec: Command, io: Io, done: (code: number) => void): void {
  const command = parent
    .command(spec.name)
    .summary(spec.summary)
    .description(spec.description ?? `${spec.summary}.`)
    .addHelpText('after', () => examplesText(spec.examples, io));
  for (const { name, text, choices } of spec.arguments ?? []) {
    const argument = new Argument(name, text);
    command.addArgument(choices === undefined ? argument : argument.choices(choices));
  }
  for (const option of spec.options ?? []) command.addOption(toOption(option));
  if (spec.passThrough) {
    command.helpOption(false).allowUnknownOption().passThroughOptions().argument('[options...]');
  } else {
    command.addOption(toOption(jsonOption));
    if (takesFormat(spec)) command.addOption(toOption(formatOption).conflicts('json'));
    command.addOption(toOption(languageOption));
  }
  for (const sub of spec.subcommands ?? []) add(command, sub, io, done);
  if (takesOnlySubcommands(spec)) command.allowExcessArguments();

  command.action(async () => {
    const args = command.args;
    refuseUnknownSubcommand(spec, args);
    const { json: isJson = false, ...given } = command.optsWithGlobals<Common>();
    // The language is known before the command line is read.
    delete given.lang;
    if (!takesFormat(spec)) {
      done(await spec.run({ args, options: given, json: isJson }, io));
      return;
    }
    const { output = isJson ? 'json' : 'table', ...options }: { output?: Format } = given;
    const printed = inFormat(io, output);
    const code = await spec.run({ args, options, json: printed.json }, printed.io);
    printed.end();
    done(code);
  });
}

function toOption({ flags, text, choices, parse, default: value }: OptionSpec): Option {
  const option = new Option(flags, text);
  if (value !== undefined) option.default(value);
  if (choices !== undefined) option.choices(choices);
  if (parse !== undefined) {
    option.argParser((given: string, before: unknown) => {
      const read = readOr(parse, given);
      if (!option.variadic) return read;
      return [...(Array.isArray(before) && before !== value ? (before as unknown[]) : []), read];
    });
  }
  return option;
}

function readOr(parse: (value: string) => unknown, given: string): unknown {
  try {
    return parse(given);
  } catch (error) {
    throw isWrongUse(error) ? new InvalidArgumentError(`${error.message}.`) : error;
  }
}

const takesOnlySubcommands = (spec: Command): boolean =>
  spec.subcommands !== undefined && spec.arguments === undefined;

/** Throws wrong use for a word that is no subcommand, with the most similar one as a hint. */
function refuseUnknownSubcommand(spec: Command, args: readonly string[]): void {
  const [word] = args;
  if (!takesOnlySubcommands(spec) || word === undefined) return;
  const meant = nearest(
    word,
    (spec.subcommands ?? []).map(({ name }) => name),
  );
  throw wrongUse(
    `unknown command '${spec.name} ${word}'`,
    meant === undefined
      ? `see phonevault ${spec.name} --help`
      : `did you mean ${spec.name} ${meant}?`,
  );
}
