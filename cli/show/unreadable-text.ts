import type { ObjectProblem } from '../../lib/run/query/schemas.ts';
import type { Io } from '../io/io.ts';
import { fold } from '../text/fold.ts';
import { facts } from './facts.ts';

const SHOWN = 10;

/** Says of each object that cannot be used what happened and what to do, the first ten of them. */
export function unreadableLines(io: Io, objects: readonly ObjectProblem[]): string[] {
  const more = objects.length - SHOWN;
  return [
    ...facts(
      objects.slice(0, SHOWN).flatMap(
        ({ message, hint }) =>
          [
            ['unreadable', message],
            ['fix', hint],
          ] as const,
      ),
      io.columns,
    ),
    ...(more > 0 ? [fold(`… and ${more} more: --json lists them`, io.columns)] : []),
  ];
}
