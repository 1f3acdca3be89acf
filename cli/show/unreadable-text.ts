import type { ObjectProblem, UnreadableObject } from '../../lib/run/query/schemas/object.ts';
import { visibleAll } from '../../lib/visible.ts';
import type { Io } from '../io/io.ts';
import { fold } from '../text/fold.ts';
import { facts } from '../text/facts.ts';
import { when } from '../text/when.ts';

const SHOWN = 10;

/** Says of each object that cannot be used what happened and what to do, the first ten of them. */
export function unreadableLines(
  io: Io,
  objects: readonly (ObjectProblem & Partial<UnreadableObject>)[],
): string[] {
  const more = objects.length - SHOWN;
  return [
    ...facts(
      visibleAll(objects.slice(0, SHOWN)).flatMap(
        ({ message, hint, since, retry_at }) =>
          [
            ['unreadable', message],
            ['fix', hint],
            ['since', since ? when(io, since) : undefined],
            ['next try', retry_at ? when(io, retry_at) : undefined],
          ] as const,
      ),
      io.columns,
    ),
    ...(more > 0 ? [fold(`… and ${more} more: --json lists them`, io.columns)] : []),
  ];
}
