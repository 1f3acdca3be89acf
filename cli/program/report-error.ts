import { CommanderError } from 'commander';
import { meaningOf } from '../../lib/meanings/meanings.ts';
import { scrub } from '../../lib/cloud/request/redact.ts';
import { PhonevaultError } from '../../lib/errors.ts';
import { isWrongUse } from './command.ts';
import { terminalHint } from './terminal-hint.ts';
import { wantsData } from './output.ts';
import { visibleAll } from '../../lib/visible.ts';
import type { Io } from '../io/io.ts';
import { colours } from '../text/colour.ts';
import { fold } from '../text/fold.ts';
import { toJson } from '../text/printable.ts';
import { isKnown, sayIn } from '../words/sentences/say.ts';
import { wordsOf } from '../words/words.ts';

type Reported = { exit: number; code: string; message: string; hint?: string | undefined };

/**
 * Prints the error that ended a command and returns the exit code. With --json it goes to standard output as `{error}`.
 * `help` is the command to type after wrong use.
 */
export function reportError(error: unknown, argv: readonly string[], io: Io, help: string): number {
  const reported = describe(error, io);
  if (reported === undefined) return 0;
  const { exit, code, message } = reported;
  const hint = reported.hint ?? (code === 'wrong_use' ? `see ${help}` : undefined);
  if (wantsData(argv)) {
    io.out(toJson({ error: { code, message, ...(hint === undefined ? {} : { hint }) } }));
  } else {
    printError(io, { code, ...visibleAll({ message, hint: hint?.replaceAll('\n', '; ') }) });
  }
  if (io.env.PHONEVAULT_DEBUG) io.err(trace(error));
  return exit;
}

/**
 * Prints an error and what to do. In Chinese the meaning of its code comes first, and the message in English, which one can search for,
 * has its own line; so has a hint that has no words of its own.
 */
function printError(io: Io, { code, message, hint }: Omit<Reported, 'exit'>): void {
  const c = colours(io, 'err');
  const { common } = wordsOf(io);
  const print = (text: string) => io.err(fold(text, io.errColumns));
  const error = c.red(common.error) + common.space;
  const advice = c.cyan(common.hint) + common.space;
  if (io.language === 'en') {
    print(error + message);
    if (hint !== undefined) print(advice + hint);
    return;
  }
  const { says, fix } = meaningIn(io, code);
  print(error + says + common.note(code));
  print(`  ${message}`);
  if (hint !== undefined && isKnown(hint)) print(advice + sayIn(io.language, hint));
  else if (fix !== undefined) {
    print(advice + fix);
    if (hint !== undefined) print(`  ${hint}`);
  } else if (hint !== undefined) print(advice + hint);
}

function meaningIn(io: Io, code: string): { says: string; fix?: string } {
  const own: Record<string, string> = wordsOf(io).common.own;
  return meaningOf('error', code, io.language) ?? { says: own[code] ?? code };
}

function describe(error: unknown, io: Io): Reported | undefined {
  if (error instanceof CommanderError) return describeCommander(error);
  if (isWrongUse(error)) {
    return { exit: 2, code: 'wrong_use', message: error.message, hint: error.hint };
  }
  if (error instanceof PhonevaultError) {
    return { exit: 1, code: error.code, message: error.message, hint: terminalHint(error, io) };
  }
  // The message of an unknown error may hold secrets: print its name only.
  const name = error instanceof Error ? error.name : typeof error;
  return {
    exit: 1,
    code: 'unexpected',
    message: `unexpected ${scrub(name, 64)}`,
    hint: 'run it again with PHONEVAULT_DEBUG=1 to see the stack',
  };
}

function describeCommander(error: CommanderError): Reported | undefined {
  if (error.exitCode === 0) return undefined;
  // Commander printed the help instead of an error.
  if (error.code === 'commander.help') {
    return {
      exit: 2,
      code: 'wrong_use',
      message: 'no command given',
      hint: 'name one of the commands above',
    };
  }
  const text = error.message.replace(/^error: /, '');
  const [message = '', meant] = text.split(/\n\(Did you mean (.+)\?\)$/s);
  const hint = meant === undefined ? undefined : `did you mean ${meant}?`;
  return { exit: 2, code: 'wrong_use', message, hint };
}

/** Returns the stacks of an error and its causes, with secrets redacted. */
function trace(error: unknown): string {
  const lines: string[] = [];
  for (let one = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth += 1) {
    const frames = (one.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
    lines.push(`${depth === 0 ? '' : 'caused by '}${one.name}: ${scrub(one.message)}`, ...frames);
  }
  return lines.join('\n');
}
