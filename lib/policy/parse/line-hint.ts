/** Spaces that look like a common one, and characters that are not visible at all. */
export const INVISIBLE = /[\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]/u;

/** Returns how to fix a slip of the keyboard in a line or value of a YAML file, or undefined. */
export function lineHint(line: string): string | undefined {
  const invisible = INVISIBLE.exec(line)?.[0];
  if (invisible !== undefined) {
    const code = (invisible.codePointAt(0) ?? 0).toString(16);
    return `Type this text again: it contains the invisible character \\u{${code}}.`;
  }
  const [, name, colon, value = ''] =
    /^\s*(?:- )?([\w-]{1,32})(：|:(?=\S))\s*(.*)$/.exec(line) ?? [];
  if (name !== undefined) {
    const what =
      colon === '：' ? 'The colon is a full-width one (：).' : 'Put a space after the colon.';
    return `${what} Write "${name}: ${short(value)}".`;
  }
  const [, field, text = ''] = /([\w-]{1,32}):\s+(\*[^,}\]#"']*)/.exec(line) ?? [];
  return field === undefined ? undefined : `Put the value in quotes: ${field}: "${short(text)}".`;
}

function short(value: string): string {
  const text = value.trim();
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
