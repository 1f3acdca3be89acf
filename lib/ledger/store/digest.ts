import { createHash } from 'node:crypto';

/** Returns the SHA-256 of a text as 64 hexadecimal digits. */
export function sha256hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Returns a list in an order that looks random and is the same each time, for the same `seed` and names. Pure. */
export function shuffled<T>(list: readonly T[], seed: string, nameOf: (one: T) => string): T[] {
  return list
    .map((one) => ({ one, rank: sha256hex(`${seed} ${nameOf(one)}`) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ one }) => one);
}
