import { commands } from '../../cli/all-commands.ts';
import type { Io } from '../../cli/io/io.ts';
import type { Command } from '../../cli/program/command.ts';
import { createProgram } from '../../cli/program/program.ts';

/** Parses a command line with the program's own parser, without running it. Returns the exit code. */
export async function parseCommand(line: string): Promise<number | undefined> {
  const argv = (line.replace(/ [>|&].*$/, '').match(/"[^"]*"|'[^']*'|\S+/g) ?? [])
    .map((word) => word.replace(/^(["'])(.*)\1$/, '$2'))
    .slice(line.startsWith('npx ') ? 2 : 1);
  const idle = (command: Command): Command => ({
    ...command,
    ...(command.subcommands === undefined ? {} : { subcommands: command.subcommands.map(idle) }),
    run: async () => 0,
  });
  const output = { out: () => {}, err: () => {}, columns: 80, errColumns: 80 };
  const io = { ...output, parts: { version: '0' }, env: {} } as unknown as Io;
  let code: number | undefined;
  const program = createProgram(commands.map(idle), io, (given) => (code = given));
  await program.parseAsync(argv, { from: 'user' }).catch((error: { exitCode?: number }) => {
    code = error.exitCode;
  });
  return code;
}
