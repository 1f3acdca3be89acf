import { PhonevaultError } from '../../lib/errors.ts';
import { positionsIn } from '../../lib/policy/parse/position.ts';
import type { Io } from '../io/io.ts';
import { readInput } from '../io/read-text.ts';
import { firstJsonError } from './json-error.ts';

/** The largest event that FunctionGraph accepts. */
const MAX_BYTES = 6 * 1024 * 1024;

/** Returns the event in a file (`-`: standard input), `{}` without one. Throws `event_invalid` with the line and column of invalid JSON. */
export async function readEvent(io: Io, file: string | undefined): Promise<unknown> {
  if (file === undefined) return {};
  const shown = file === '-' ? '(stdin)' : file;
  const text = await readInput(io, file, MAX_BYTES).catch((error: unknown) => {
    if (!(error instanceof PhonevaultError)) throw error;
    const { code, message, hint } = error;
    throw new PhonevaultError(code, `${shown} ${message}`, hint === undefined ? {} : { hint });
  });
  const source = text.replace(/^\uFEFF/, '');
  try {
    return JSON.parse(source);
  } catch {
    const offset = firstJsonError(source);
    const { line, column } = positionsIn(source)(offset);
    const what =
      source.trim() === ''
        ? 'is empty'
        : offset >= source.length
          ? 'ends too early'
          : 'is not JSON';
    throw new PhonevaultError('event_invalid', `${shown}:${line}:${column}: the event ${what}`);
  }
}
