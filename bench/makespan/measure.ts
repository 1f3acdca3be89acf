import type { Cell, CellLimits } from './cells.ts';
import { createFleet } from './fleet.ts';
import { oracle } from './oracle.ts';
import { deploy } from './play.ts';

/** Of one call to CPH. */
export const LATENCY_MS = 300;
/** Exports in flight a server: what every server takes, or all that it bears. */
const LEAST_COURTESY = 4;
const STATES = ['cold', 'warm'] as const;

/** Times in seconds. `late`: calls refused after the first minute. `oversized`: calls refused for their size. */
export type MakespanRow = {
  cell: string;
  limits: CellLimits;
  phones: number;
  per_server: number;
  state: (typeof STATES)[number];
  oracle_s: number;
  phonevault_s: number;
  ratio: number;
  p95_oracle_s: number;
  p95_s: number;
  span_oracle_s: number;
  span_s: number;
  refused: number;
  refused_late: number;
  oversized: number;
  calls: number;
  reads: number;
  obs_calls: number;
  cpu_s: number;
};

/** Plays a cold and then a warm night of a new fleet, next to the oracle. */
export async function measureCell(cell: Cell, seed: number, sigma: number): Promise<MakespanRow[]> {
  const { name, limits, phones } = cell;
  const fleet = createFleet(phones, seed, sigma);
  const courtesy = Math.max(LEAST_COURTESY, limits.per_server);
  const best = oracle(cell, fleet, { latencyMs: LATENCY_MS, courtesy });
  const service = deploy(cell, fleet, { latencyMs: LATENCY_MS });
  const rows: MakespanRow[] = [];
  for (const state of STATES) {
    const before = process.cpuUsage();
    const course = await service.night();
    const { user, system } = process.cpuUsage(before);
    rows.push({
      ...{ cell: name, limits, phones, per_server: limits.per_server, state },
      ...{ oracle_s: seconds(best.makespan), phonevault_s: seconds(course.makespan) },
      ratio: Number((course.makespan / best.makespan).toFixed(3)),
      ...{ p95_oracle_s: seconds(best.p95), p95_s: seconds(course.p95) },
      ...{ span_oracle_s: seconds(best.span), span_s: seconds(course.span) },
      ...{ refused: course.refused, refused_late: course.refusedLate },
      oversized: course.oversized,
      calls: course.calls.length,
      reads: course.calls.filter(({ operation }) => operation !== 'batch-storage').length,
      obs_calls: course.obs,
      cpu_s: Number(((user + system) / 1e6).toFixed(1)),
    });
  }
  return rows;
}

const seconds = (ms: number): number => Math.round(ms / 1_000);
