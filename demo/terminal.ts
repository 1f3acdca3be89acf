import { join } from 'node:path';
import { changedIo } from '../cli/io/changed-io.ts';
import type { Io } from '../cli/io/io.ts';
import { realIo } from '../cli/io/real-io.ts';
import { colours } from '../cli/text/colour.ts';
import { fold } from '../cli/text/fold.ts';

export type Terminal = Io & { close(): void };

/** Variables about the terminal. The demo ignores all others of the caller: they may belong to a real account. */
const KEPT = ['TERM', 'COLUMNS', 'NO_COLOR', 'FORCE_COLOR'];

/** Returns the CLI's view of the world in `root`: all text goes to standard output, in a pipe 80 columns wide. */
export function createTerminal(root: string, data: string): Terminal {
  // `realIo` takes this width where there is no terminal.
  process.env.COLUMNS ??= '80';
  const io = realIo(join(root, 'cli'));
  return Object.defineProperties(io, {
    env: { value: Object.fromEntries(KEPT.map((name) => [name, process.env[name]])) },
    cwd: { value: root },
    // The CLI caches sign-ins below the home folder.
    home: { value: data },
    err: { value: io.out },
    errIsTerminal: { value: io.outIsTerminal && io.errIsTerminal },
    errColumns: { get: () => io.columns },
  });
}

/** Returns the same with settings and keys for the command line. */
export function withSettings(io: Io, settings: Record<string, string>): Io {
  return changedIo(io, { env: { ...io.env, ...settings } });
}

/** Returns the same with a clock that runs `speed` times as fast, like the cloud's. */
export function withSpeed(io: Io, speed: number): Io {
  const { clock } = io;
  const start = clock.now();
  const fast: Io['clock'] = {
    now: () => start + (clock.now() - start) * speed,
    sleep: (ms, signal) => clock.sleep(ms / speed, signal),
  };
  return changedIo(io, { clock: fast });
}

/** Prints a text, folded. */
export function say(io: Io, text: string): void {
  io.out(fold(text, io.columns));
}

/** Prints an empty line and a title. */
export function title(io: Io, text: string): void {
  io.out(`\n${fold(colours(io).bold(text), io.columns)}`);
}
