import { eventOf } from './event.ts';
import { type Kind, kindsOf } from './kinds.ts';

/** A call to the API and its allowed statuses. The event is made when it is sent, because signatures have a time. */
export type HttpCall = { kind: string; expected: number[]; event: () => unknown };

/**
 * Returns `count` calls of every kind, against the policies nightly, weekly and broken. `random` decides their order and keys.
 * `known` holds the ids of existing runs; the caller adds new ones.
 */
export function makeCalls(
  random: () => number,
  count: number,
  phones: string[],
  known: string[],
): HttpCall[] {
  const kinds = kindsOf(random, phones, known);
  const sum = kinds.reduce((total, [, share]) => total + share, 0);
  const draw = (): Kind | undefined => {
    let left = random() * sum;
    return kinds.find(([, share]) => (left -= share) < 0);
  };
  // Each kind is drawn at least once.
  const drawn = Array.from({ length: count }, (_, number) => kinds[number] ?? draw());
  return drawn
    .filter((kind) => kind !== undefined)
    .map(([kind, , expected, make], number) => {
      return { kind, expected, event: () => eventOf(make(number), number) };
    });
}
