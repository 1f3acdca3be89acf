import pico from 'picocolors';
import type { Io } from '../io/io.ts';

export type Colours = ReturnType<typeof pico.createColors>;

/**
 * Returns the colours of one output: on a terminal only, and not with NO_COLOR (no-color.org). FORCE_COLOR overrides both, as
 * in Node.js.
 */
export function colours(
  io: Pick<Io, 'env' | 'outIsTerminal' | 'errIsTerminal'>,
  stream: 'out' | 'err' = 'out',
): Colours {
  return pico.createColors(isColoured(io, stream));
}

function isColoured(
  { env, outIsTerminal, errIsTerminal }: Pick<Io, 'env' | 'outIsTerminal' | 'errIsTerminal'>,
  stream: 'out' | 'err',
): boolean {
  if (env.FORCE_COLOR !== undefined) return !/^(?:0|false)$/i.test(env.FORCE_COLOR);
  if (env.NO_COLOR) return false;
  return (stream === 'out' ? outIsTerminal : errIsTerminal) && env.TERM !== 'dumb';
}
