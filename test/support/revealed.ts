import { isSecret, reveal } from '../../lib/secret.ts';

/** A copy with the texts of its secrets: two secrets are equal to any matcher, whatever they hold. */
export function revealed<T>(value: T): unknown {
  if (isSecret(value)) return reveal(value);
  if (Array.isArray(value)) return value.map((entry) => revealed<unknown>(entry));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, revealed(one)]));
}
