import { fold } from './fold.ts';
import { pad, widthOf } from './width.ts';

export type Fact = readonly [label: string, text: string | undefined];

const NARROW = 50;

/** Returns one line a fact, with aligned labels; in a narrow window unaligned. Undefined texts are left out. */
export function facts(list: readonly Fact[], columns: number): string[] {
  const given = list.flatMap(([label, text]) => (text === undefined ? [] : [{ label, text }]));
  const width = Math.max(0, ...given.map(({ label }) => widthOf(label)));
  return given.map(({ label, text }) => {
    const start = columns < NARROW ? `  ${label} ` : `  ${pad(label, width)}  `;
    if (columns < NARROW) return fold(start + text, columns);
    const lines = fold(text, columns - widthOf(start), '').split('\n');
    return start + lines.join(`\n${' '.repeat(widthOf(start))}`);
  });
}
