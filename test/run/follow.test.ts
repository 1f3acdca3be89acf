import { describe, expect, it } from 'vitest';
import type { Job } from '../../lib/cloud/cph-schemas.ts';
import { carefulLimits } from '../../lib/ledger/limits.ts';
import type { RunDeps } from '../../lib/run/deps.ts';
import { followJobs } from '../../lib/run/follow.ts';
import { record } from '../../lib/run/open-run.ts';
import { playClock } from '../support/play-clock.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../support/runs.ts';

/** One run whose jobs all end at one look; answers the export time that is known afterwards. */
async function learned(jobs: Partial<Job>[], known?: number): Promise<number | undefined> {
  const run = openRun(
    'nightly-1',
    jobs.map((_, n) => plannedPhone(`p${n}`)),
  );
  const listed = jobs.map((job, n) => ({ job_id: `j${n}`, phone_id: `p${n}`, status: 2, ...job }));
  record(
    run,
    jobs.map((_, n) => ({
      type: 'accepted' as const,
      at: T0,
      phone_id: `p${n}`,
      try: 1,
      job_id: `j${n}`,
      request_id: 'r1',
    })),
  );
  const cph = { listJobs: async () => listed } as unknown as RunDeps['cph'];
  const session = {
    limits: { ...carefulLimits, ...(known === undefined ? {} : { export_ms: known }) },
  };
  await followJobs({ cph, clock: playClock(T0 + MINUTE) }, [run], session);
  await followJobs({ cph, clock: playClock(T0 + 2 * MINUTE) }, [run], session);
  return session.limits.export_ms;
}

const took = (ms: number): Partial<Job> => ({
  begin_time: new Date(T0).toISOString(),
  end_time: new Date(T0 + ms).toISOString(),
});

describe('followJobs', () => {
  it.each<[string, Partial<Job>[], number | undefined, number | undefined]>([
    ['begins with the first export', [took(40_000)], undefined, 40_000],
    ['moves slowly towards the next', [took(100_000)], 50_000, 55_000],
    ['takes each into account, once', [took(60_000), took(60_000)], 50_000, 51_900],
    ['learns nothing from a failed export', [{ ...took(9_000), status: -1 }], 50_000, 50_000],
    ['learns nothing where the times are missing', [{}], undefined, undefined],
    ['learns nothing from an end before the beginning', [took(-5_000)], 50_000, 50_000],
    ['learns nothing from no time at all', [took(0)], undefined, undefined],
  ])('of the typical time: %s', async (_, jobs, known, expected) => {
    expect(await learned(jobs, known)).toBe(expected);
  });
});
