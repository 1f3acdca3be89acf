import { widthOf } from './width.ts';

const OPENING = '（“《';
const CLOSING = '，。、：；！？）”》';

/** What stays together: a word, or one Chinese character, with its signs and the blank before it. */
const PIECE = new RegExp(
  `\\s*(?:[${OPENING}]*(?:\\p{Script=Han}|[^\\s\\p{Script=Han}${OPENING}${CLOSING}]+)[${CLOSING}]*|\\S)`,
  'gu',
);
const COLOUR = /\u001b\[(\d+)m/g;

/**
 * Returns a line as lines of at most `first`, then `rest` cells. Breaks at blanks, and between Chinese characters, which have none.
 * A longer word gets its own line. Each line has its colours.
 */
export function wrap(text: string, first: number, rest: number): string[] {
  const lines: string[] = [];
  let [line, width] = ['', 0];
  for (const piece of text.match(PIECE) ?? []) {
    const isFull = width > 0 && width + widthOf(piece) > (lines.length === 0 ? first : rest);
    if (isFull) lines.push(line);
    const added = isFull ? piece.trimStart() : piece;
    line = isFull ? added : line + added;
    width = (isFull ? 0 : width) + widthOf(added);
  }
  return inColours([...lines, line]);
}

/** Ends the colours at the end of each line, and begins them again in the next. */
function inColours(lines: readonly string[]): string[] {
  let [weight, colour] = ['', ''];
  return lines.map((line) => {
    const start = weight + colour;
    for (const [code, number] of line.matchAll(COLOUR)) {
      if (number === '22' || number === '0') weight = '';
      if (number === '39' || number === '0') colour = '';
      if (number === '1' || number === '2') weight = code;
      if (/^[39][0-7]$/.test(number ?? '')) colour = code;
    }
    return start + line + (colour && '\u001b[39m') + (weight && '\u001b[22m');
  });
}
