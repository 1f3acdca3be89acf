import { isSecret, reveal } from '../../lib/secret.ts';

/** Returns a copy with secrets as text: matchers cannot tell one secret from another. */
export function revealSecrets<T>(value: T): unknown {
  if (isSecret(value)) return reveal(value);
  if (Array.isArray(value)) return value.map((entry) => revealSecrets<unknown>(entry));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, revealSecrets(one)]));
}
