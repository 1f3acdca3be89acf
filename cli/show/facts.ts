import { fold } from '../text/fold.ts';
import { pad } from '../text/width.ts';

export type Fact = readonly [label: string, text: string | undefined];

const NARROW = 50;

/** Facts as lines under each other, labels to the left and what is undefined left out; in a narrow window unaligned. */
export function facts(list: readonly Fact[], columns: number): string[] {
  const told = list.flatMap(([label, text]) => (text === undefined ? [] : [{ label, text }]));
  const width = Math.max(0, ...told.map(({ label }) => label.length));
  return told.map(({ label, text }) => {
    const start = columns < NARROW ? `  ${label} ` : `  ${pad(label, width)}  `;
    if (columns < NARROW) return fold(start + text, columns);
    const lines = fold(text, columns - start.length, '').split('\n');
    return start + lines.join(`\n${' '.repeat(start.length)}`);
  });
}
