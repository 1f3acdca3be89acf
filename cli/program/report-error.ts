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
    const c = colours(io, 'err');
    const shown = visibleAll({ message, hint });
    const words = wordsOf(io).common;
    const text = inWords(io, code) + shown.message;
    io.err(fold(c.red(words.error) + words.space + text, io.errColumns));
    if (shown.hint !== undefined) {
      io.err(fold(c.cyan(words.hint) + words.space + shown.hint, io.errColumns));
    }
  }
  if (io.env.PHONEVAULT_DEBUG) io.err(trace(error));
  return exit;
}

/** Returns what an error is about, before its message in English; nothing where that is the language. */
function inWords(io: Io, code: string): string {
  const says = io.language === 'en' ? undefined : meaningOf('error', code, io.language)?.says;
  const { note, colon } = wordsOf(io).common;
  return says === undefined ? '' : says + note(code) + colon;
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
