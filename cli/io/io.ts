import type { Clock, Random } from '../../lib/clock.ts';
import type { Send } from '../../lib/cloud/request/send.ts';
import type { Language } from '../../lib/meanings/entry.ts';

/** Everything a command uses from outside. `cli/io/real-io.ts` creates the real one; tests pass their own. */
export type Io = {
  /** Prints lines to standard output and adds the last line end. */
  out(text: string): void;
  /** Prints lines to standard error: errors, progress, everything but the result. */
  err(text: string): void;
  /** Draws a status line on standard error in place of the last one; '' removes it. Does nothing unless that is a terminal. */
  status(text: string): void;
  /** Removes what a terminal shows of standard output. Does nothing unless that is a terminal. */
  clear(): void;
  outIsTerminal: boolean;
  errIsTerminal: boolean;
  /** Width of standard output; Infinity in a pipe. It may change: read it each time. */
  readonly columns: number;
  readonly errColumns: number;
  env: Record<string, string | undefined>;
  cwd: string;
  /** The user's home folder. */
  home: string;
  /** The user's time zone, such as Asia/Shanghai. */
  zone: string;
  /** The language of what people read. Data, as with `--json`, is the same in each. */
  language: Language;
  clock: Clock;
  random: Random;
  send: Send;
  /** Calls `handler` on Ctrl-C or SIGTERM, which otherwise end the process. Returns a function that stops listening. */
  onInterrupt(handler: () => void): () => void;
  /**
   * Asks a question on a terminal and returns the line that was typed. Returns undefined where there is no terminal. What is
   * typed to a hidden question is not shown.
   */
  ask(question: string, options?: { isHidden?: boolean }): Promise<string | undefined>;
  /** Returns standard input as text. Throws `event_invalid` above `maxBytes` or when it is not UTF-8. */
  readStdin(maxBytes: number): Promise<string>;
  /** Paths of the parts of this program. */
  parts: Parts;
  /**
   * Runs another Node program to its end and forwards signals. `capture` returns its output instead of printing it.
   * Resolves with its exit code.
   */
  runNode(args: string[], options?: { capture?: boolean }): Promise<{ code: number; text: string }>;
};

/** Found by `cli/io/parts.ts`, in a checkout or an installed package. */
export type Parts = {
  version: string;
  /** The folder of the built handlers. */
  dist: string;
  /** Arguments of Node that start the embedded cloud. */
  local: string[];
  /** The built module that runs a handler in a worker. */
  worker: string;
};
