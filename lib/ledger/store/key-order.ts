const SURROGATE = /[\ud800-\udfff]/;

/** The order in which a bucket lists its keys: by their UTF-8 bytes, which `<` gets wrong beyond U+FFFF. */
export function compareKeys(a: string, b: string): number {
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
