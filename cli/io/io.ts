import type { Clock, Random } from '../../lib/clock.ts';
import type { Send } from '../../lib/cloud/request/send.ts';

/** What a command sees of the world. `cli/io/real-io.ts` makes the real one; tests give their own. */
export type Io = {
  /** Prints lines on the standard output; the last line end is added. */
  out(text: string): void;
  /** The same on the standard error: faults, progress, what is not the answer itself. */
  err(text: string): void;
  /** Draws one line on the standard error over the last drawn; '' takes it away. Does nothing unless that is a terminal. */
  status(text: string): void;
  outIsTerminal: boolean;
  errIsTerminal: boolean;
  /** Width of the standard output; Infinity where nothing has to be cut, as in a pipe. Ask again for each picture. */
  readonly columns: number;
  readonly errColumns: number;
  env: Record<string, string | undefined>;
  cwd: string;
  /** The person's home folder. */
  home: string;
  /** The person's time zone, such as Asia/Shanghai. */
  zone: string;
  clock: Clock;
  random: Random;
  send: Send;
  /** Calls `handler` on Ctrl-C or SIGTERM, which end the process otherwise. Returns how to stop listening. */
  onInterrupt(handler: () => void): () => void;
  /** The standard input as text. Throws `event_invalid` above `maxBytes` or when it is not UTF-8. */
  readStdin(maxBytes: number): Promise<string>;
  /** Where the parts of this program lie. */
  parts: Parts;
  /**
   * Runs another Node program to its end, signals passed on. `capture` takes what it prints instead of showing it.
   * Resolves with its exit code.
   */
  runNode(args: string[], options?: { capture?: boolean }): Promise<{ code: number; text: string }>;
};

/** Found once by `cli/io/parts.ts`, in a checkout as in an installed package. */
export type Parts = {
  version: string;
  /** The folder of the built handlers. */
  dist: string;
  /** Node's arguments that start the embedded cloud. */
  local: string[];
  /** The built module that runs a handler in a worker. */
  worker: string;
};
