import type { Preview } from './schemas/preview.ts';

type Month = NonNullable<Preview['month']>;

const MONTH_MS = 30.4 * 86_400_000;
/** The memory that serverless.yml gives `schedule` and `drive`, in GB. */
const GB = 0.25;

/** A month of ticks when nothing is open, as docs/scale.md measures them: both functions, each every minute. */
const IDLE = { gb_s: 320, obs_calls: 99_300 };

/** One night of a fleet as docs/scale.md measures it: calls a phone, and the share of the time that `drive` works. */
const MEASURED = [
  { upTo: 3_000, busy: 0.82, cph: 0.55, obs: 1.46 },
  { upTo: Infinity, busy: 0.88, cph: 0.17, obs: 0.19 },
] as const;

type Night = {
  /** The next slots of the schedule: ISO times, in order. */
  next: readonly string[];
  phones: number;
  estimate: Preview['estimate'];
  /** Of the last run, if there was one. */
  costs: Preview['costs'];
};

/**
 * Returns what a month costs: the idle ticks and all runs of one policy. A run is taken to cost what the last one did, else what
 * was measured for fleets of its size. The number of runs follows from the distance of the next slots.
 */
export function monthCosts({ next, phones, estimate, costs }: Night): Month {
  const span = Date.parse(next.at(-1) ?? '') - Date.parse(next[0] ?? '');
  const runs = span > 0 ? ((next.length - 1) * MONTH_MS) / span : 0;
  const typical = MEASURED.find(({ upTo }) => phones <= upTo) ?? MEASURED[1];
  const workedMs = costs?.function_ms ?? (estimate?.ms ?? 0) * typical.busy;
  const { cph = phones * typical.cph, obs = phones * typical.obs } = costs?.calls ?? {};
  return {
    runs: Math.round(runs),
    gb_s: Math.round(IDLE.gb_s + (runs * workedMs * GB) / 1_000),
    cph_calls: Math.round(runs * cph),
    obs_calls: Math.round(IDLE.obs_calls + runs * obs),
    measured: costs?.function_ms !== undefined,
  };
}
