import { commands } from './all-commands.ts';
import { changedIo } from './io/changed-io.ts';
import type { Io } from './io/io.ts';
import { languageOf } from './io/language.ts';
import { createProgram } from './program/program.ts';
import { withProfile } from './sign-in/profile.ts';
import { reportError } from './program/report-error.ts';
import { printable } from './text/printable.ts';

/** Runs one command line (without `node` and the script). Returns its exit code: 0 done, 1 failed, 2 wrong use. Never rejects. */
export async function runCli(argv: string[], io: Io): Promise<number> {
  const safe = withSafeText(changedIo(io, { language: languageOf(argv, io) }));
  let code = 0;
  try {
    safe.env = await withProfile(io);
    const program = createProgram(commands, safe, (result) => (code = result));
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    return reportError(error, argv, safe, helpFor(argv));
  } finally {
    safe.status('');
  }
}

function helpFor([name]: readonly string[]): string {
  const known = commands.find((command) => command.name === name);
  return ['phonevault', ...(known === undefined ? [] : [known.name]), '--help'].join(' ');
}

/** Returns the same Io, with control characters removed from all output. Getters stay live. */
function withSafeText(io: Io): Io {
  return changedIo(io, {
    out: (text) => io.out(printable(text)),
    err: (text) => io.err(printable(text)),
    status: (text) => io.status(printable(text)),
    env: io.env,
  });
}
