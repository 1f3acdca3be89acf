const MAX_CHARACTERS = 512 * 1024;

/** The value that a JSON text of an object or list holds; anything else, broken text included, as it is. */
export function parseText(value: unknown): unknown {
  if (typeof value !== 'string' || value.length > MAX_CHARACTERS || !/^\s*[[{]/.test(value)) {
    return value;
  }
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
