/** One thing that is wrong with a policy file, told so that a person can mend it without looking elsewhere. */
export type ValidationError = {
  /** The field, such as `export.include[1]`; empty for the file as a whole. */
  path: string;
  /** Counted from 1, as editors do. */
  line?: number;
  column?: number;
  found: string;
  allowed: string;
  /** Begins with the path, so that it can be told alone. */
  message: string;
  hint?: string;
};

export type Path = readonly (string | number)[];

/** What is wrong with one value, before it is known where the value stands. */
export type Problem = {
  message: string;
  allowed: string;
  /** Shown instead of the whole value. */
  found?: string;
  hint?: string | undefined;
};

/** A problem with its place: at the field's name (`key`) or at its value. */
export type Finding = Problem & { path: Path; at?: 'key' | 'value' };

const MAX_SHOWN = 64;

// Everything that could break a line, reverse a text or hide in a log.
const UNPRINTABLE = /[\p{C}\u2028\u2029]/gu;

const escape = (char: string) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;

/** Cuts a text to about 64 characters, control characters made visible. */
export function clip(text: string): string {
  const shown = text.slice(0, MAX_SHOWN + 1).replace(UNPRINTABLE, escape);
  return shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN)}…` : shown;
}

/** Says what a value of a policy file is, in at most about 80 characters. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return `"${clip(value)}"`;
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value))
    return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  return Object.keys(value).length === 0 ? 'an empty mapping' : 'a mapping';
}

/** Writes a path as people do: `select.server_tags["a b"][0]`. */
export function pathText(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[A-Za-z_][\w-]*$/.test(step)) return `["${clip(step)}"]`;
      return index === 0 ? clip(step) : `.${clip(step)}`;
    })
    .join('');
}
