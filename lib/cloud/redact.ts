import { inspect } from 'node:util';

const HIDDEN = '[secret]';

/** A value that can be read only by asking for it: printing, joining or serialising it gives `[secret]`. */
export type Secret = {
  reveal(): string;
  toString(): string;
  toJSON(): string;
};

const secrets = new WeakSet<object>();

/** Wraps `value` so that it cannot be printed by accident. */
export function secret(value: string): Secret {
  const wrapped: Secret = {
    reveal: () => value,
    toString: () => HIDDEN,
    toJSON: () => HIDDEN,
  };
  Object.defineProperty(wrapped, inspect.custom, { value: () => HIDDEN });
  secrets.add(wrapped);
  return Object.freeze(wrapped);
}

/** True for what `secret` and `sealed` made. */
export function isSecret(value: unknown): boolean {
  return typeof value === 'object' && value !== null && secrets.has(value);
}

/** The same fields, readable by name, but printed and serialised as `[secret]` as a whole. */
export function sealed<T extends object>(value: T): Readonly<T> {
  const copy = { ...value };
  const hide = { value: () => HIDDEN, enumerable: false };
  Object.defineProperties(copy, { toString: hide, toJSON: hide, [inspect.custom]: hide });
  secrets.add(copy);
  return Object.freeze(copy);
}

// Ids of the services are 32 hex characters and stay readable; keys and tokens are longer.
const LONG_RUN = /[A-Za-z0-9+/=_]{33,}/g;
const URL_QUERY = /\?[^\s"']+/g;
const IPV4 = /\b\d{1,3}(?:\.\d{1,3}){3}\b/g;
const IPV6 = /(?<![\w:])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}(?![\w:])/gi;
const IMEI = /(?<!\w)\d{14,16}(?!\w)/g;

/**
 * A text of a service made fit for a message of ours: one line of at most `max` characters in which
 * long keys, addresses, IMEIs and query strings are replaced.
 */
export function scrub(text: string, max = 200): string {
  const clean = text
    .slice(0, max * 10)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replace(URL_QUERY, '?[query]')
    .replace(LONG_RUN, HIDDEN)
    .replace(IPV6, '[address]')
    .replace(IPV4, '[address]')
    .replace(IMEI, '[number]')
    .trim();
  return clean.length <= max ? clean : `${clean.slice(0, max - 1)}…`;
}
