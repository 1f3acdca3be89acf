import type { Io } from '../io/io.ts';

/** Declares a command. The parser, the help and the shell completion are built from it. */
export type Command<Options extends object = Record<string, unknown>> = {
  name: string;
  /** One line without a full stop, for the list of commands. */
  summary: string;
  /** The text of the command's own help. */
  description?: string;
  arguments?: ArgumentSpec[];
  /** Besides `--json` and `--output`, which every command has (see `output.ts`). */
  options?: OptionSpec[];
  examples: Example[];
  /** Passes all arguments and options on unchanged, `--help` included. */
  passThrough?: boolean;
  subcommands?: Command[];
  /** Runs the command. Returns the exit code: 0 done, 1 failed. Throws errors. */
  run(call: Call<Options>, io: Io): Promise<number>;
};

type ArgumentSpec = {
  /** `<policy>`, `[file...]`. */
  name: string;
  text: string;
  choices?: readonly string[];
};

export type OptionSpec = {
  /** `--limit <n>`, `--phone <id...>`, `-w, --wait`. */
  flags: string;
  text: string;
  default?: unknown;
  choices?: readonly string[];
  /** Parses one value, or throws wrongUse with what is allowed. See `cli/program/option-values.ts`. */
  parse?: (value: string) => unknown;
};

export type Example = {
  run: string;
  /** What it prints. */
  shows?: string;
};

type Call<Options extends object = Record<string, unknown>> = {
  /** The given arguments; lists are flattened. */
  args: string[];
  /** By their long names in camel case. */
  options: Options;
  json: boolean;
};

/** Exit code of a program that Ctrl-C ended. */
export const INTERRUPTED = 130;

/** The command line is wrong: exit code 2. */
class WrongUse extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'WrongUse';
    this.hint = hint;
  }
}

export type { WrongUse };

/** Returns the error for a wrong command line. */
export function wrongUse(message: string, hint?: string): WrongUse {
  return new WrongUse(message, hint);
}

export function isWrongUse(error: unknown): error is WrongUse {
  return error instanceof WrongUse;
}
