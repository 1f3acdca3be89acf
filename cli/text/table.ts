import cliui from 'cliui';
import { fold } from './fold.ts';
import { cut, widthOf } from './width.ts';

type Rows = readonly (readonly string[])[];

type TableOptions = {
  head?: readonly string[];
  /** Columns that are never cut, such as ids that people copy. */
  whole?: readonly number[];
  /** Columns that are left out, the first one first, rather than that others are cut. */
  spare?: readonly number[];
  /** Columns aligned to the right, such as sizes. */
  right?: readonly number[];
};

const GAP = 2;
const MIN_CELLS = 6;

/**
 * Returns a table of at most `columns` cells, without a line end. Spare columns give way first, then the widest columns are cut
 * with `…`. Where six cells a column do not fit, each row becomes a paragraph.
 */
export function table(rows: Rows, columns: number, options: TableOptions = {}): string {
  const { head, whole = [], right = [], spare = [] } = options;
  const all = head === undefined ? rows : [head, ...rows];
  const count = Math.max(0, ...all.map((row) => row.length));
  const natural = Array.from({ length: count }, (_, column) =>
    Math.max(0, ...all.map((row) => widthOf(row[column] ?? ''))),
  );
  const shown = withoutSpare(natural, columns, spare);
  const widthsOf = shown.map((column) => natural[column] ?? 0);
  const least = shown.map((column) =>
    whole.includes(column) ? (natural[column] ?? 0) : Math.min(natural[column] ?? 0, MIN_CELLS),
  );
  const room = columns - GAP * Math.max(0, shown.length - 1);
  if (sum(least) > room) return paragraphs(rows, columns, head);
  const widths = shrink(widthsOf, least, room);
  const ui = cliui({ width: sum(widths) + GAP * shown.length });
  for (const row of all) {
    const cells = widths.map((width, index) => ({
      text: cut(row[shown[index] ?? 0] ?? '', width),
      width: width + GAP,
      padding: [0, GAP, 0, 0],
      ...(right.includes(shown[index] ?? 0) ? { align: 'right' as const } : {}),
    }));
    ui.div(...cells);
  }
  return ui.toString();
}

/** Returns the columns to show: all, or all but as many spare ones as it takes for the others to fit. */
function withoutSpare(
  natural: readonly number[],
  columns: number,
  spare: readonly number[],
): number[] {
  let shown = [...natural.keys()];
  for (const column of spare) {
    const room = columns - GAP * Math.max(0, shown.length - 1);
    if (sum(shown.map((one) => natural[one] ?? 0)) <= room) break;
    shown = shown.filter((one) => one !== column);
  }
  return shown;
}

function shrink(natural: number[], least: number[], room: number): number[] {
  const widths = [...natural];
  let over = sum(widths) - room;
  while (over > 0) {
    // The widest column that may shrink gets one cell less.
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

function paragraphs(rows: Rows, columns: number, head: readonly string[] | undefined): string {
  return rows
    .map((row) => {
      const [first = '', ...rest] = row;
      const lines = rest.flatMap((cell, index) => {
        const name = head?.[index + 1];
        return cell === ''
          ? []
          : [fold(name ? `  ${name}${colonOf(name)}${cell}` : `  ${cell}`, columns)];
      });
      return [first, ...lines].join('\n');
    })
    .join('\n');
}

/** Returns the colon of the language that a label is in. */
const colonOf = (label: string): string => (/\p{Script=Han}/u.test(label) ? '：' : ': ');

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
