import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Cell, CELLS, cellsNamed } from './makespan/cells.ts';
import { CHANGING, changeText, playChange } from './makespan/changing.ts';
import { measureCell, type MakespanRow } from './makespan/measure.ts';
import { headerOf, rowText } from './makespan/table.ts';
import { record } from './results.ts';

/** Large fleets take minutes: their cells are played once. */
const SMALL = 1_000;

/**
 * Plays cold and warm nights of fleets against an oracle, in virtual time, and prints how long they took. `--cell NAME` plays the
 * cells whose names begin with NAME. Else it writes the rows to `bench/results.json`, and when all cells are played, it measures
 * the ways of today, memory and cold starts too.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cell: { type: 'string', default: '' },
      seeds: { type: 'string', default: '1,2,3' },
      sigma: { type: 'string', default: '0.5' },
      'max-phones': { type: 'string', default: '100000' },
    },
  });
  const changing = CHANGING.filter(({ name }) => name.startsWith(values.cell));
  for (const change of changing) console.log(changeText(change, await playChange(change, 1)));
  if (values.cell !== '' && changing.length > 0) return;
  const most = Number(values['max-phones']);
  const cells = cellsNamed(
    values.cell,
    CELLS.filter(({ phones }) => phones <= most),
  );
  if (cells.length === 0) return;
  const seeds = values.seeds.split(',').map(Number);
  const makespan: MakespanRow[] = [];
  console.log(headerOf());
  for (const cell of cells) {
    const rows = await playSeeds(cell, seeds, Number(values.sigma));
    for (const state of ['cold', 'warm'] as const) {
      const own = rows.filter((row) => row.state === state);
      console.log(rowText(own));
      const sorted = own.sort((a, b) => a.ratio - b.ratio);
      const median = sorted[Math.floor((sorted.length - 1) / 2)];
      if (median !== undefined) makespan.push(median);
    }
  }
  if (values.cell === '') await record({ makespan });
  if (cells.length !== CELLS.length) return;
  for (const name of ['today', 'memory', 'cold-start']) {
    console.log(`\n${name}`);
    const program = join(import.meta.dirname, `${name}.ts`);
    execFileSync(process.execPath, ['--import', 'tsx', program], { stdio: 'inherit' });
  }
}

async function playSeeds(cell: Cell, seeds: number[], sigma: number): Promise<MakespanRow[]> {
  const rows: MakespanRow[] = [];
  for (const seed of cell.phones <= SMALL ? seeds : seeds.slice(0, 1)) {
    rows.push(...(await measureCell(cell, seed, sigma)));
  }
  return rows;
}

await main();
