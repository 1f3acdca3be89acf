import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** Returns how many cells a text takes on a terminal, without its colours. */
export const widthOf = (text: string): number => stringWidth(text);

/** Cuts a text to at most `width` cells; `…` stands for what was cut off. */
export function cut(whole: string, width: number): string {
  // Measuring takes quadratic time; no cell holds more than a few dozen characters.
  const text = whole.slice(0, 40 * Math.min(width, 200));
  if (text.length === whole.length && widthOf(text) <= width) return text;
  if (width <= 1) return '…';
  const [kept = ''] = wrapAnsi(text, width - 1, { hard: true, wordWrap: false, trim: false }).split(
    '\n',
  );
  return `${widthOf(kept) < width ? kept : ''}…`;
}

/** Fills a text up to `width` cells. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}
