// Controls, line ends, formats and fillers without a glyph (bidi, zero-width, tags), and halves of characters.
const UNSEEN = /[\p{Cc}\p{Cf}\p{DI}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Most texts: found out in a tenth of the time. */
const PLAIN = /^[\x20-\x7e]*$/;

/** CPH allows 65 characters. */
const MAX_NAME = 80;
const NAMES = ['phone_name', 'image_version', 'names'];

/** Returns a text in which every character that could move, hide, reverse or split text is escaped as `\u{..}`. `keep` stays. */
export function visible(text: string, keep = ''): string {
  if (PLAIN.test(text)) return text;
  return text.replace(UNSEEN, (char) =>
    keep.includes(char) ? char : `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/**
 * Returns a value for people: all texts in it are `visible` on one line, names at most 80 characters long. Only a `message` keeps
 * its line ends, with each further line indented, so that it cannot pass for a line of ours.
 */
export function visibleAll<T>(value: T): T {
  return mapTexts(value, '') as T;
}

function mapTexts(value: unknown, field: string): unknown {
  if (typeof value === 'string') return visibleField(value, field);
  if (Array.isArray(value)) return value.map((entry) => mapTexts(entry, field));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, own]) => [name, mapTexts(own, name)]),
  );
}

function visibleField(text: string, field: string): string {
  if (field === 'message') return visible(text, '\n').replaceAll('\n', '\n  ');
  if (!NAMES.includes(field) || text.length <= MAX_NAME) return visible(text);
  return `${visible(cutText(text, MAX_NAME - 1))}…`;
}

/** Returns at most `max` UTF-16 units of a text, without half a character at the end. */
export function cutText(text: string, max: number): string {
  return text.length <= max ? text : text.slice(0, max).replace(/[\ud800-\udbff]$/, '');
}

/** Returns the longest beginning of a text that fits into so many bytes of UTF-8. */
export function cutBytes(text: string, bytes: number): string {
  let cut = cutText(text, bytes);
  while (Buffer.byteLength(cut) > bytes) cut = [...cut].slice(0, -1).join('');
  return cut;
}

/** Returns a value as JSON that holds nothing but visible characters and parses to the same value. */
export function visibleJson(value: unknown, indent?: number): string {
  const escape = (char: string) =>
    char === '\n'
      ? char
      : char
          .split('')
          .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
          .join('');
  return JSON.stringify(value, null, indent).replace(UNSEEN, escape);
}
