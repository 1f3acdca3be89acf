const MAX_CHARACTERS = 512 * 1024;

/** Parses a JSON text of an object or list. Returns anything else, broken JSON included, as it is. */
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
