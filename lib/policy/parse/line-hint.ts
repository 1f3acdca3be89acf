/** Spaces that look like a common one, and characters that are not visible at all. */
const INVISIBLE = /[\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]/u;

/** Quotes that YAML reads as part of the text. */
const TYPOGRAPHIC_QUOTES = /[“”„‟‘’‚‛«»「」『』＂＇]/;

/** Full-width forms of the ASCII characters. */
const FULL_WIDTH = /[\uff01-\uff5e]/;
const TO_ASCII = 0xfee0;

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
  if (wide === undefined) return undefined;
  const plain = String.fromCodePoint((wide.codePointAt(0) ?? 0) - TO_ASCII);
  return { shown: wide, hint: `${wide} is a full-width character. Write ${plain} instead.` };
}

/** Returns how to fix a slip of the keyboard in a line or value of a YAML file, or undefined. */
export function lineHint(whole: string): string | undefined {
  const line = whole.replace(/(?:^|\s)#.*$/, '');
  const slip = slipIn(line);
  if (slip !== undefined && INVISIBLE.test(line)) return slip.hint;
  const [, name, colon, value = ''] =
    /^\s*(?:- )?([\w-]{1,32})(：|:(?=\S))\s*(.*)$/.exec(line) ?? [];
  if (name !== undefined) {
    const what =
      colon === '：' ? 'The colon is a full-width one (：).' : 'Put a space after the colon.';
    return `${what} Write "${name}: ${short(value)}".`;
  }
  const [, field, text = ''] = /([\w-]{1,32}):\s+(\*[^,}\]#"']*)/.exec(line) ?? [];
  return field === undefined ? slip?.hint : `Put the value in quotes: ${field}: "${short(text)}".`;
}

function short(value: string): string {
  const text = value.trim();
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
