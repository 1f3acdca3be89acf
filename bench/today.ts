import { parseArgs } from 'node:util';
import { type Cell, CELLS, cellsNamed } from './makespan/cells.ts';
import { record } from './results.ts';
import { measureToday, type TodayCell, type TodayRow } from './today/measure.ts';

/** From few calls a minute of few phones to limits that hardly bind. */
const CLEAN = ['1k-w10-b5-s4', '1k-w60-b10-s4-a50', '1k-w60-b10-s16', '1k-w600-b200-s16'];
const FAULTY = ['1k-w60-b10-s4-a50', '1k-w600-b200-s16'];

/**
 * Plays the three ways in which fleets are backed up today, and Phonevault, against the same virtual CPH, and prints how they
 * did. `--cell NAME` plays the cells whose names begin with NAME; else the rows are written to `bench/results.json`.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cell: { type: 'string', default: '' },
      seeds: { type: 'string', default: '1,2,3' },
      sigma: { type: 'string', default: '0.5' },
    },
  });
  const all = [
    ...CLEAN.map(cellOf).map((cell): TodayCell => ({ ...cell, isFaulty: false })),
    ...FAULTY.map(cellOf).map((cell): TodayCell => ({
      ...cell,
      name: `${cell.name}-faulty`,
      isFaulty: true,
    })),
  ];
  const cells = cellsNamed(values.cell, all);
  if (cells.length === 0) return;
  const today: TodayRow[] = [];
  for (const cell of cells) {
    console.log(`\n${cell.name.padEnd(48)} makespan s      (spread)  calls  refused  no backup`);
    const rows = await measureToday(
      cell,
      values.seeds.split(',').map(Number),
      Number(values.sigma),
    );
    for (const row of rows) console.log(textOf(row));
    today.push(...rows);
  }
  if (values.cell === '') await record({ today });
}

const cellOf = (name: string): Cell => CELLS.find((cell) => cell.name.startsWith(name)) as Cell;

function textOf(row: TodayRow): string {
  return [
    `  ${row.way}`.padEnd(48),
    String(row.makespan_s).padStart(11),
    `(${row.makespan_least_s}-${row.makespan_most_s})`.padStart(13),
    String(row.calls).padStart(6),
    String(row.refused).padStart(8),
    `  ${row.without_backup} (${row.without_backup_least}-${row.without_backup_most})`,
  ].join(' ');
}

await main();
