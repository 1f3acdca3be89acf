import { describe, expect, it } from 'vitest';
import {
  adapt,
  type Courtesy,
  courtesyOf,
  maxInFlight,
  type Sample,
  usualExport,
} from '../../../../lib/run/export/batches/courtesy.ts';
import { createRandom } from '../../../../local/simulation/random.ts';
import { T0 } from '../../../support/runs.ts';

const SECOND = 1_000;
const SERVERS = 12;

/** Exports of log-normal time on servers that run `bears` at once, as many in flight as the courtesy allows. */
function play(bears: number, minutes: number, options: { fails?: (most: number) => number } = {}) {
  const random = createRandom(7, `courtesy/${bears}`);
  const took = (): number => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return 60 * SECOND * Math.exp(0.5 * normal);
  };
  type Job = { at: number; ends?: number; ms: number; hasFailed: boolean };
  let known: Courtesy = courtesyOf({});
  let highest = 0;
  const servers = Array.from({ length: SERVERS }, (): Job[] => []);
  for (let now = T0; now < T0 + minutes * 60 * SECOND; now += 4 * SECOND) {
    for (const jobs of servers) {
      const open = jobs.filter(({ ends = Infinity }) => ends > now);
      for (let n = open.length; n < known.most; n += 1) {
        const hasFailed = random() < (options.fails?.(known.most) ?? 0);
        jobs.push({ at: now, ms: took(), hasFailed });
      }
      const running = jobs.filter(({ ends }) => ends !== undefined && ends > now).length;
      const waiting = jobs.filter(({ ends }) => ends === undefined);
      for (const job of waiting.slice(0, bears - running)) job.ends = now + job.ms;
    }
    const samples = servers.flat().map(({ at, ends, hasFailed }): Sample => {
      const endedAt = ends !== undefined && ends <= now ? ends : undefined;
      return { at, endedAt, hasFailed: endedAt !== undefined && hasFailed };
    });
    known = adapt(known, { samples, isFull: true, waiting: 1_000 }, now);
    highest = Math.max(highest, known.most);
  }
  return { known, highest };
}

describe('the load of a server', () => {
  it.each([
    [4, 4, 6],
    [8, 7, 16],
    [16, 14, 24],
  ])('ends near what a server bears: %i', (bears, least, most) => {
    const { known, highest } = play(bears, 12);
    expect(known.good).toBeGreaterThanOrEqual(least);
    expect(known.good).toBeLessThanOrEqual(most);
    expect(highest).toBeLessThanOrEqual(4 * bears);
  });

  it('does not grow while more exports fail under it', () => {
    const { known } = play(64, 5, { fails: (most) => (most > 4 ? 0.5 : 0) });
    expect(known.good).toBe(4);
  });

  it('learns nothing from servers that are not full', () => {
    const known: Courtesy = { most: 8, good: 4, since: T0, base_ms: SECOND };
    const seen = { samples: [], isFull: false, waiting: 9 };
    expect(adapt(known, seen, T0 + 1)).toEqual({ ...known, since: T0 + 1 });
  });

  it('falls by half, never below four, when exports take much longer than they did', () => {
    const known: Courtesy = { most: 12, good: 12, bad: 16, since: T0, base_ms: SECOND };
    const samples = Array.from({ length: 40 }, () => ({ at: T0 }));
    const seen = { samples, isFull: true, waiting: 9 };
    expect(adapt(known, seen, T0 + 3 * SECOND)).toMatchObject({ most: 6, good: 6, bad: 12 });
    expect(adapt({ ...known, most: 5, good: 5 }, seen, T0 + 3 * SECOND).most).toBe(4);
  });
});

describe('maxInFlight', () => {
  const learned = { in_flight: { most: 16, good: 16, bad: 24, since: T0 } };

  it('never passes the number of a policy', () => {
    expect(maxInFlight({ max_in_flight_per_server: 2 }, learned)).toBe(2);
  });

  it('starts at four, and lets a few exports wait once the load is known', () => {
    expect(maxInFlight({ max_in_flight_per_server: 'auto' }, {})).toBe(4);
    expect(maxInFlight({ max_in_flight_per_server: 'auto' }, learned)).toBe(18);
  });
});

describe('usualExport', () => {
  it('does not count the time that exports wait for their server', () => {
    const in_flight = { most: 4, good: 4, since: T0, base_ms: 10 };
    expect(usualExport({ export_ms: 100, in_flight })).toBe(25);
    expect(usualExport({ export_ms: 20, in_flight })).toBe(20);
    expect(usualExport({ export_ms: 20 })).toBe(20);
    expect(usualExport({})).toBeUndefined();
  });
});
