import type { ObjectProblem } from './schemas.ts';

type Problem = { key: string; code: string; message: string; hint?: string | undefined };

/** Returns what happened to an object, and what to do, for views. Pure. */
export function problemOf({ key, code, message, hint }: Problem): ObjectProblem {
  return { key, code, message, ...(hint === undefined ? {} : { hint }) };
}
