/** Spaces that look like a common one, and characters that are not visible at all. */
const INVISIBLE = /(?![ \t])[\p{Cc}\p{Cf}\p{DI}\p{Z}\u2800]/u;

/** Quotes that YAML reads as part of the text. */
const TYPOGRAPHIC_QUOTES = /[“”„‟‘’‚‛«»「」『』＂＇]/;

/** Dashes of other kinds, which word processors put in the place of a hyphen. */
const DASHES = /(?!-)[\p{Pd}\u2212]/u;

/** Full-width forms of the ASCII characters, Chinese punctuation and other stars. */
const FULL_WIDTH = /[\uff01-\uff5e、。【】〔〕]/;
const TO_ASCII = 0xfee0;
const CHINESE: Readonly<Record<string, string>> = {
  '、': ',',
  '。': '.',
  '【': '[',
  '】': ']',
  '〔': '[',
  '〕': ']',
};
const STARS = /[\u2217\u2731\ufe61]/;

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
  const wide = FULL_WIDTH.exec(text)?.[0];
  if (wide !== undefined) {
    const plain = CHINESE[wide] ?? String.fromCodePoint((wide.codePointAt(0) ?? 0) - TO_ASCII);
    return { shown: wide, hint: `${wide} is a full-width character. Write ${plain} instead.` };
  }
  const dash = DASHES.exec(text)?.[0];
  if (dash !== undefined) return { shown: dash, hint: `${dash} is not a hyphen. Write - instead.` };
  const star = STARS.exec(text)?.[0];
  return star === undefined
    ? undefined
    : { shown: star, hint: `${star} is not an asterisk. Write * instead.` };
}

/** Returns how to fix a slip of the keyboard in a line or value of a YAML file, or undefined. */
export function lineHint(whole: string): string | undefined {
  const line = whole.replace(/(?:^|\s)#.*$/, '');
  const slip = slipIn(line);
  if (slip !== undefined && INVISIBLE.test(line)) return slip.hint;
  const [, name, colon, value = ''] =
    /^\s*(?:- )?([\w-]{1,32})\s*(：|:(?=\S))\s*(.*)$/.exec(line) ?? [];
  if (name !== undefined) {
    const what =
      colon === '：' ? 'The colon is a full-width one (：).' : 'Put a space after the colon.';
    return `${what} Write "${name}: ${short(value)}".`;
  }
  const [, field, text = ''] = UNQUOTED.exec(line) ?? LIST_LIKE.exec(line) ?? [];
  return field === undefined ? slip?.hint : `Put the value in quotes: ${field}"${short(text)}".`;
}

/** A value that starts with a character of YAML's own, or is a lone question mark. */
const UNQUOTED = /((?:[\w-]{1,32}:|^\s*-)\s+)([*@`%][^,}\]#"']*|\?\s*$)/;

/** A value that starts with brackets and goes on, such as `{policy}/{date}` or `[a-z]*`. */
const LIST_LIKE = /^\s*((?:[\w-]{1,32}:|-)\s+)([[{][^\s\]}]*[\]}][^\s\]},]\S*)\s*$/;

function short(value: string): string {
  const text = value.trim();
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
