/** Spaces that look like a common one, and characters that are not visible at all. */
const INVISIBLE = /(?![ \t])[\p{Cc}\p{Cf}\p{DI}\p{Z}\u2800]/u;

/** Quotes that YAML reads as part of the text. */
const TYPOGRAPHIC_QUOTES = /[“”„‟‘’‚‛«»「」『』＂＇]/;

/** Characters that look like one of ASCII, besides full-width and other forms of it, and all dashes. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  '、': ',',
  '。': '.',
  '【': '[',
  '】': ']',
  '〔': '[',
  '〕': ']',
  '\u2212': '-',
  '\u2217': '*',
  '\u2731': '*',
  '\u2236': ':',
  '\ua789': ':',
};
const FULL_WIDTH = /[\u3001-\u3015\uff01-\uff5e]/;

/** Returns the ASCII text that a character looks like, or undefined. */
function plainOf(char: string): string | undefined {
  if (char <= '\x7f') return undefined;
  const plain = LOOK_ALIKES[char] ?? (/\p{Pd}/u.test(char) ? '-' : char.normalize('NFKC'));
  return /^[!-~]+$/.test(plain) ? plain : undefined;
}

/** A character that looks like another or is not visible: how to show it, and how to fix it. */
export type Slip = { shown: string; hint: string };

/** Returns the first character of a text that looks like another or is not visible, or undefined. */
export function slipIn(text: string): Slip | undefined {
  const invisible = INVISIBLE.exec(text)?.[0];
  if (invisible !== undefined) {
    const shown = `\\u{${(invisible.codePointAt(0) ?? 0).toString(16)}}`;
    return { shown, hint: `Type this text again: it contains the invisible character ${shown}.` };
  }
  const quote = TYPOGRAPHIC_QUOTES.exec(text)?.[0];
  if (quote !== undefined) return { shown: quote, hint: 'Use straight quotes.' };
  const shown = [...text].find((char) => plainOf(char) !== undefined);
  if (shown === undefined) return undefined;
  const plain = plainOf(shown) ?? '';
  const what = FULL_WIDTH.test(shown) ? 'is a full-width character' : `only looks like ${plain}`;
  return { shown, hint: `${shown} ${what}. Write ${plain} instead.` };
}

/** Returns how to fix a slip of the keyboard in a line or value of a YAML file, or undefined. */
export function lineHint(whole: string): string | undefined {
  const line = whole.replace(/(?:^|\s)#.*$/, '');
  const slip = slipIn(line);
  if (slip !== undefined && INVISIBLE.test(line)) return slip.hint;
  if (/^(?:<{7}|={7}|>{7})/.test(line)) return 'Resolve the merge conflict in the file.';
  if (/^\s*\/[/*]/.test(line)) return 'A comment starts with #.';
  const [, name, colon = '', value = ''] = NO_COLON.exec(line) ?? [];
  if (name !== undefined) return `${colonHint(colon)} Write "${name}: ${short(plainText(value))}".`;
  const [, field, text = ''] = UNQUOTED.exec(line) ?? LIST_LIKE.exec(line) ?? [];
  return field === undefined ? slip?.hint : `Put the value in quotes: ${field}"${short(text)}".`;
}

/** A name that is followed by something else than a colon and a space. */
const NO_COLON = /^\s*(?:- )?([\w-]{1,32})\s*([：﹕\u2236\ua789;；=]|:(?=\S))\s*(.*)$/;

function colonHint(colon: string): string {
  if (colon === ':') return 'Put a space after the colon.';
  if (colon === '：') return 'The colon is a full-width one (：).';
  return `A name ends with a colon, not with ${colon}.`;
}

/** Returns a value in ASCII where it only looks like it, without the comma or semicolon of another language. */
function plainText(value: string): string {
  return [...value]
    .map((char) => plainOf(char) ?? char)
    .join('')
    .replace(/[;,]\s*$/, '');
}

/** A value that starts with a character of YAML's own, or is a lone question mark. */
const UNQUOTED = /((?:[\w-]{1,32}:|^\s*-)\s+)([*@`%][^,}\]#"']*|\?\s*$)/;

/** A value that starts with brackets and goes on, such as `{policy}/{date}` or `[a-z]*`. */
const LIST_LIKE = /^\s*((?:[\w-]{1,32}:|-)\s+)([[{][^\s\]}]*[\]}][^\s\]},]\S*)\s*$/;

function short(value: string): string {
  const text = value.trim();
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
