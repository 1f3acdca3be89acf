const SURROGATE = /[\ud800-\udfff]/;

/** Compares keys in the order in which a bucket lists them: by UTF-8 bytes. `<` differs from it beyond U+FFFF. */
export function compareKeys(a: string, b: string): number {
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
