// What could move the cursor, rename the window or reverse a text; line ends, tabs and colours stay.
const UNSAFE =
  /(?!\u001b\[[\d;]{0,12}m)[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069](?<![\n\t])/gu;

const point = (char: string) => (char.codePointAt(0) ?? 0).toString(16);

/** Escapes what could control a terminal: names of phones and policies come from outside. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (char) => `\\u{${point(char)}}`);
}

/** Returns a value as JSON without characters that `printable` would change. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (char) => `\\u${point(char).padStart(4, '0')}`,
  );
}
