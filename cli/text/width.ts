import { stripVTControlCharacters } from 'node:util';

// Two cells each on a terminal (East Asian Width, UAX 11); phones are often named in Chinese.
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
const NONE = /[\p{Mn}\p{Me}\u200b-\u200d\ufe0f]/u;

// A colour or one character.
const STEP = /\u001b\[[\d;]*m|./gsu;

const cells = (char: string) => (WIDE.test(char) ? 2 : NONE.test(char) ? 0 : 1);

/** How many cells a text takes on a terminal, colours not counted. */
export function widthOf(text: string): number {
  let width = 0;
  for (const char of stripVTControlCharacters(text)) width += cells(char);
  return width;
}

/** A text of at most `width` cells: what is cut off is told by `…`. Colours stay whole. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let left = width - 1;
  for (const [step] of text.matchAll(STEP)) {
    if (step.startsWith('\u001b')) kept += step;
    else if (left >= cells(step)) {
      kept += step;
      left -= cells(step);
    } else left = -1;
  }
  // What follows the cut was dropped, except for the colours, which must end.
  const end = /(?:\u001b\[[\d;]*m)*$/.exec(kept)?.[0] ?? '';
  return `${kept.slice(0, kept.length - end.length)}…${end}`;
}

/** Fills a text up to `width` cells. */
export function pad(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const fill = ' '.repeat(Math.max(0, width - widthOf(text)));
  return side === 'left' ? text + fill : fill + text;
}
