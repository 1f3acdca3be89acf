/** One error in a policy file, with all that a person needs to fix it. */
export type ValidationError = {
  /** The field, such as `export.include[1]`; empty for an error of the whole file. */
  path: string;
  /** From 1, as in editors. */
  line?: number;
  column?: number;
  found: string;
  allowed: string;
  /** Starts with the path, so it is complete without the other fields. */
  message: string;
  hint?: string;
};

export type Path = readonly (string | number)[];

/** What is wrong with one value, without its place in the file. */
export type Problem = {
  message: string;
  allowed: string;
  /** Default: the whole value, shortened. */
  found?: string;
  hint?: string | undefined;
};

/** A problem and its field. `at` points to the name of the field (`key`) or to its value (default). */
export type Finding = Problem & { path: Path; at?: 'key' | 'value' };

const MAX_SHOWN = 64;

// Characters that could break a line, reverse text, be invisible in a log or look like a common space.
const UNPRINTABLE = /(?! )[\p{C}\p{DI}\p{Z}\u2800]/gu;

const escape = (char: string) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;

/** Returns a text with control characters escaped, cut to `max` characters. */
export function clip(text: string, max = MAX_SHOWN): string {
  const shown = text.slice(0, max + 1).replace(UNPRINTABLE, escape);
  return shown.length > max ? `${shown.slice(0, max)}…` : shown;
}

/** Describes a value of a policy file in at most about 80 characters. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return `"${clip(value)}"`;
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value))
    return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  return Object.keys(value).length === 0 ? 'an empty mapping' : 'a mapping';
}

/** Returns a path as text: `select.server_tags["a b"][0]`. */
export function pathText(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[A-Za-z_][\w-]*$/.test(step)) return `["${clip(step)}"]`;
      return index === 0 ? clip(step) : `.${clip(step)}`;
    })
    .join('');
}
