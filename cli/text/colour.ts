import pico from 'picocolors';
import type { Io } from '../io/io.ts';

export type Colours = ReturnType<typeof pico.createColors>;

/**
 * Colours for one of the two outputs: on a terminal only, never with NO_COLOR (no-color.org); FORCE_COLOR
 * decides over both, as in Node itself.
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
