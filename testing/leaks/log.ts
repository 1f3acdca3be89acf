import { createLog as create, type Log } from '../../lib/runtime/log.ts';
import { witnessed } from './witness.ts';

export * from '../../lib/runtime/log.ts';

/** The log; looks at every line that is written. */
export const createLog: typeof create = (write, clock, base): Log =>
  create((line) => write(witnessed('log', line)), clock, base);
