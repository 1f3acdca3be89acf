import type { Cell } from '../makespan/cells.ts';
import { createFaults } from '../makespan/faults.ts';
import { createFleet } from '../makespan/fleet.ts';
import { LATENCY_MS } from '../makespan/measure.ts';
import { deploy } from '../makespan/play.ts';
import { median } from '../results.ts';
import { fixedBatch } from './fixed-batch.ts';
import { loop } from './loop.ts';
import { oneCall } from './one-call.ts';
import { playWay, type Way, type WayCourse } from './play-way.ts';

const WAYS: Record<string, Way> = {
  'loop with retry': loop,
  'one call': oneCall,
  'fixed batch and sleep': fixedBatch,
};

/** A cell, with faults or without. */
export type TodayCell = Cell & { isFaulty: boolean };

/** Medians over the seeds, with the least and the most. */
export type TodayRow = {
  way: string;
  cell: string;
  makespan_s: number;
  makespan_least_s: number;
  makespan_most_s: number;
  calls: number;
  refused: number;
  without_backup: number;
  without_backup_least: number;
  without_backup_most: number;
};

/** Plays the three ways and then a cold and a warm night of Phonevault, each on the same fleets with the same faults. */
export async function measureToday(
  cell: TodayCell,
  seeds: readonly number[],
  sigma: number,
): Promise<TodayRow[]> {
  const courses = new Map<string, WayCourse[]>();
  const note = (way: string, course: WayCourse): void =>
    void courses.set(way, [...(courses.get(way) ?? []), course]);
  for (const seed of seeds) {
    const fleet = createFleet(cell.phones, seed, sigma);
    const options = (): { latencyMs: number } => ({
      latencyMs: LATENCY_MS,
      ...(cell.isFaulty ? { faults: createFaults(fleet, seed) } : {}),
    });
    for (const [name, way] of Object.entries(WAYS)) {
      note(name, await playWay(way, cell, fleet, { seed, ...options() }));
    }
    const phonevault = deploy(cell, fleet, options());
    for (const state of ['cold', 'warm']) {
      const { makespan, calls, refused, exported } = await phonevault.night();
      const withoutBackup = fleet.length - exported;
      note(`Phonevault, ${state}`, { makespan, calls: calls.length, refused, withoutBackup });
    }
  }
  return [...courses].map(([way, nights]) => rowOf(way, cell, nights));
}

function rowOf(way: string, cell: TodayCell, nights: readonly WayCourse[]): TodayRow {
  const of = (name: keyof WayCourse): number[] => nights.map((course) => course[name]);
  const makespans = of('makespan').map((ms) => Math.round(ms / 1_000));
  const missing = of('withoutBackup');
  return {
    ...{ way, cell: cell.name, makespan_s: median(makespans) },
    makespan_least_s: Math.min(...makespans),
    makespan_most_s: Math.max(...makespans),
    ...{ calls: median(of('calls')), refused: median(of('refused')) },
    without_backup: median(missing),
    without_backup_least: Math.min(...missing),
    without_backup_most: Math.max(...missing),
  };
}
