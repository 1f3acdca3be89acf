import { fold } from './fold.ts';
import { cut, pad, widthOf } from './width.ts';

type TableOptions = {
  head?: readonly string[];
  /** Columns that are never cut, such as ids that people copy. */
  whole?: readonly number[];
  /** Columns set to the right, such as sizes. */
  right?: readonly number[];
};

const GAP = '  ';
const LEAST = 6;

/**
 * A table of at most `columns` cells: the widest columns give way first, cut with `…`. Where not even that
 * fits, each row becomes a paragraph of its own. No line end at the end.
 */
export function table(
  rows: readonly (readonly string[])[],
  columns: number,
  options: TableOptions = {},
): string {
  const all = options.head === undefined ? rows : [options.head, ...rows];
  const count = Math.max(0, ...all.map((row) => row.length));
  const natural = Array.from({ length: count }, (_, column) =>
    Math.max(0, ...all.map((row) => widthOf(row[column] ?? ''))),
  );
  const least = natural.map((width, column) =>
    options.whole?.includes(column) ? width : Math.min(width, LEAST),
  );
  const room = columns - GAP.length * Math.max(0, count - 1);
  if (sum(least) > room) return paragraphs(rows, columns, options.head);
  const widths = shrink(natural, least, room);
  return all
    .map((row) =>
      widths
        .map((width, column) => {
          const side = options.right?.includes(column) ? 'right' : 'left';
          return pad(cut(row[column] ?? '', width), width, side);
        })
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

function shrink(natural: number[], least: number[], room: number): number[] {
  const widths = [...natural];
  let over = sum(widths) - room;
  while (over > 0) {
    // Of the columns that may give way, the widest goes down one step.
    let widest = -1;
    for (const [column, width] of widths.entries()) {
      const mayShrink = width > (least[column] ?? 0);
      if (mayShrink && (widest < 0 || width > (widths[widest] ?? 0))) widest = column;
    }
    widths[widest] = (widths[widest] ?? 0) - 1;
    over -= 1;
  }
  return widths;
}

function paragraphs(
  rows: readonly (readonly string[])[],
  columns: number,
  head: readonly string[] | undefined,
): string {
  return rows
    .map((row) => {
      const [first = '', ...rest] = row;
      const lines = rest.flatMap((cell, index) => {
        const name = head?.[index + 1];
        return cell === '' ? [] : [fold(name ? `  ${name}: ${cell}` : `  ${cell}`, columns)];
      });
      return [first, ...lines].join('\n');
    })
    .join('\n');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
