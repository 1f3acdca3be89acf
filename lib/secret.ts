const HIDDEN = '[secret]';

declare const kind: unique symbol;

/** A text that does not show: printed, joined, serialised, spread or cloned it is `[secret]` or nothing. */
export type Secret = { readonly [kind]: 'secret'; toString(): string; toJSON(): string };

// The text is in no property of the secret, so nothing that walks over objects can come by it.
const texts = new WeakMap<object, string>();

const face = Object.freeze({
  toString: () => HIDDEN,
  toJSON: () => HIDDEN,
  [Symbol.toPrimitive]: () => HIDDEN,
  [Symbol.for('nodejs.util.inspect.custom')]: () => HIDDEN,
});

/** Wraps a text so that it can be read through `reveal` only. */
export function secret(text: string): Secret {
  const wrapped = Object.freeze(Object.create(face) as Secret);
  texts.set(wrapped, text);
  return wrapped;
}

/** The same for a text that may be absent: undefined for ''. */
export function secretIn(text: string): Secret | undefined {
  return text === '' ? undefined : secret(text);
}

/**
 * The text of a secret, for the place that signs, compares or sends with it; the linter lists these places. Throws a
 * TypeError for what is no secret, a clone of one included.
 */
export function reveal(wrapped: Secret): string {
  const text = texts.get(wrapped);
  if (text === undefined) throw new TypeError('this is not a secret');
  return text;
}

/** True for what `secret` made. */
export function isSecret(value: unknown): value is Secret {
  return typeof value === 'object' && value !== null && texts.has(value);
}
