import { visible, visibleJson } from '../../lib/visible.ts';

// The colours that picocolors writes. Concealed and blinking text is none of ours.
const COLOUR = /(\u001b\[(?:0|1|2|22|3[0-7]|39|9[0-7])m)/;

/** Escapes what could control a terminal, except for our own colours. The last resort: names are escaped before they are painted. */
export function printable(text: string): string {
  return text
    .split(COLOUR)
    .map((part, index) => (index % 2 === 1 ? part : visible(part, '\n\t')))
    .join('');
}

/** Returns a value as JSON without characters that `printable` would change. */
export function toJson(value: unknown): string {
  return visibleJson(value, 2);
}
