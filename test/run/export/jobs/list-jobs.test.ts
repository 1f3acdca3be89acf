import { describe, expect, it } from 'vitest';
import { ReadsSpent } from '../../../../lib/errors.ts';
import { listJobs } from '../../../../lib/run/export/jobs/list-jobs.ts';

/** A CPH that refuses every list with one of the `unknown` ids. Each other id has one job. */
function scene(unknown: string[]) {
  const calls: string[][] = [];
  return {
    calls,
    cph: {
      listJobs: async (ids: string[]) => {
        calls.push(ids);
        if (ids.some((id) => unknown.includes(id))) return undefined;
        return ids.map((id) => ({ job_id: `j-${id}`, state: 'running' as const }));
      },
    },
  };
}
const twenty = Array.from({ length: 20 }, (_, n) => `r${n}`);

describe('listJobs', () => {
  it('makes one call for a list that CPH answers', async () => {
    const { cph, calls } = scene([]);
    const { jobs, answered } = await listJobs(cph, twenty);
    expect(calls).toHaveLength(1);
    expect(jobs).toHaveLength(20);
    expect(answered.size).toBe(20);
  });

  it.each(twenty)('finds all other jobs when CPH does not know %s', async (unknown) => {
    const { cph, calls } = scene([unknown]);
    const { jobs, answered } = await listJobs(cph, twenty);
    expect(jobs).toHaveLength(19);
    expect(answered).toEqual(new Set(twenty));
    expect(calls.length).toBeLessThanOrEqual(12);
  });

  it('makes at most twelve calls, and claims nothing about ids that none answered', async () => {
    const { cph, calls } = scene(twenty);
    const { jobs, answered } = await listJobs(cph, twenty);
    expect(calls).toHaveLength(12);
    expect(jobs).toEqual([]);
    expect(answered.size).toBeGreaterThan(0);
    const alone = calls.filter((ids) => ids.length === 1).flat();
    expect(answered).toEqual(new Set(alone));
  });

  it('knows that an id asked for alone has no jobs', async () => {
    const { cph } = scene(['r0']);
    expect(await listJobs(cph, ['r0'])).toEqual({ jobs: [], answered: new Set(['r0']) });
  });

  it('halves nothing once the time is up, and keeps what was answered', async () => {
    const { cph, calls } = scene(['r19']);
    const isTime = () => calls.length < 4;
    const { jobs, answered } = await listJobs(cph, twenty, { mayHalve: isTime });
    expect(calls).toHaveLength(4);
    expect(jobs).toHaveLength(15);
    expect(answered.size).toBe(15);
  });

  it('keeps what was answered when a later call finds no reads left', async () => {
    const { cph, calls } = scene(['r19']);
    const limited = (ids: string[]) => {
      if (calls.length >= 2) return Promise.reject(new ReadsSpent(5));
      return cph.listJobs(ids);
    };
    expect((await listJobs({ listJobs: limited }, twenty)).answered.size).toBe(10);
    await expect(
      listJobs({ listJobs: () => Promise.reject(new ReadsSpent(5)) }, twenty),
    ).rejects.toThrow(ReadsSpent);
  });

  it('leaves a refused list unanswered when it must not be halved', async () => {
    const { cph, calls } = scene(['r0']);
    expect((await listJobs(cph, twenty, { mayHalve: () => false })).answered.size).toBe(0);
    expect(calls).toHaveLength(1);
  });
});
