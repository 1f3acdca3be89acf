import { randomInt } from 'node:crypto';

/** Returns the next number in [0, 1). */
export type Random = () => number;

/**
 * A stream of random numbers that depends only on the seed and its name (mulberry32), so that one more draw in one stream
 * changes no other.
 */
export function createRandom(seed: number, name: string): Random {
  let state = hash(`${seed}/${name}`);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

const UNIT = 2 ** 47;

/** Real randomness, for whatever nobody may guess. */
export const secureRandom: Random = () => randomInt(UNIT) / UNIT;

/** Returns a whole number from `min` to `max`, both included. */
export function between(random: Random, min: number, max: number): number {
  return min + Math.floor(random() * (max - min + 1));
}

/** Returns true with the given probability, 0 to 1. */
export function chance(random: Random, probability: number): boolean {
  return probability > 0 && random() < probability;
}

/** Returns one entry of a non-empty list. */
export function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T;
}

/** Returns a shuffled copy. */
export function shuffled<T>(random: Random, list: readonly T[]): T[] {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i -= 1) {
    const j = between(random, 0, i);
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}

/** Returns `length` lower-case hex characters, the form of CPH's ids. */
export function hexId(random: Random, length = 32): string {
  let id = '';
  while (id.length < length) {
    id += Math.floor(random() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, '0');
  }
  return id.slice(0, length);
}

/** Returns `length` random bytes. */
export function randomBytes(random: Random, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i += 1) bytes[i] = Math.floor(random() * 256);
  return bytes;
}

// FNV-1a with the finalizer of murmur3: names that differ in one letter get unrelated streams.
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
