import { createLog as create, type Log } from '../../lib/runtime/log.ts';
import { checkText } from './check-text.ts';

export * from '../../lib/runtime/log.ts';

/** The log, each line checked for leaks. */
export const createLog: typeof create = (write, clock, base): Log =>
  create((line) => write(checkText('log', line)), clock, base);
