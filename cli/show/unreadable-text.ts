import type { ObjectProblem, UnreadableObject } from '../../lib/run/query/schemas/object.ts';
import { visibleAll } from '../../lib/visible.ts';
import type { Io } from '../io/io.ts';
import { fold } from '../text/fold.ts';
import { facts } from '../text/facts.ts';
import { when } from '../text/when.ts';
import { sayIn } from '../words/sentences/say.ts';
import { wordsOf } from '../words/words.ts';

const SHOWN = 10;

/** Says of each object that cannot be used what happened and what to do, the first ten of them. */
export function unreadableLines(
  io: Io,
  objects: readonly (ObjectProblem & Partial<UnreadableObject>)[],
): string[] {
  const more = objects.length - SHOWN;
  const { unreadable: labels, andMore, listedBy } = wordsOf(io).common;
  return [
    ...facts(
      visibleAll(objects.slice(0, SHOWN)).flatMap(
        ({ message, hint, since, retry_at }) =>
          [
            [labels.unreadable, sayIn(io.language, message)],
            [labels.fix, hint && sayIn(io.language, hint)],
            [labels.since, since ? when(io, since) : undefined],
            [labels.next, retry_at ? when(io, retry_at) : undefined],
          ] as const,
      ),
      io.columns,
    ),
    ...(more > 0 ? [fold(andMore(more) + listedBy('--json'), io.columns)] : []),
  ];
}
