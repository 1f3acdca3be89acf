import type { Io } from '../io/io.ts';

/** A command as it is declared: what `program.ts` makes a parser, help and shell completion of. */
export type Command<Options extends object = Record<string, unknown>> = {
  name: string;
  /** One line without a full stop, for the list of commands. */
  summary: string;
  /** More, for the command's own help. */
  description?: string;
  arguments?: ArgumentSpec[];
  /** Besides `--json`, which every command has. */
  options?: OptionSpec[];
  examples: Example[];
  /** All arguments and options are handed on as they are, `--help` included. */
  passThrough?: boolean;
  subcommands?: Command[];
  /** Does the work and returns the exit code: 0 done, 1 failed. Errors are thrown. */
  run(call: Call<Options>, io: Io): Promise<number>;
};

type ArgumentSpec = {
  /** `<policy>`, `[file...]`. */
  name: string;
  text: string;
  choices?: readonly string[];
};

export type OptionSpec = {
  /** `--max <n>`, `--phone <id...>`, `-w, --wait`. */
  flags: string;
  text: string;
  default?: unknown;
  choices?: readonly string[];
  /** Reads one value, or throws wrongUse with what is allowed. See `cli/program/option-values.ts`. */
  parse?: (value: string) => unknown;
};

export type Example = {
  run: string;
  /** What it prints. */
  shows?: string;
};

type Call<Options extends object = Record<string, unknown>> = {
  /** The arguments given, lists flattened, those left out missing. */
  args: string[];
  /** By their long names in camel case. */
  options: Options;
  json: boolean;
};

/** The command line itself is wrong: exit code 2. */
class WrongUse extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'WrongUse';
    this.hint = hint;
  }
}

export type { WrongUse };

/** An error for a command line that is wrong in itself; to be thrown. */
export function wrongUse(message: string, hint?: string): WrongUse {
  return new WrongUse(message, hint);
}

export function isWrongUse(error: unknown): error is WrongUse {
  return error instanceof WrongUse;
}
