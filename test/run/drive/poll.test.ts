import { describe, expect, it } from 'vitest';
import type { Job } from '../../../lib/cloud/cph/job.ts';
import { readOrphanedJobs, writeOrphanedJobs } from '../../../lib/ledger/run/orphaned-jobs.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { appendLog } from '../../../lib/ledger/run/log.ts';
import { readReport } from '../../../lib/ledger/run/report.ts';
import { temporaryError } from '../../support/run-scene.ts';
import { MINUTE, plannedPhone, T0 } from '../../support/runs.ts';

import { OTHER, RUN, SECOND } from '../../support/drive-scene.ts';
import { driveWorld, orphanedJobOf } from '../../support/drive-world.ts';

describe('pollDue', () => {
  it('polls again twenty seconds after a failed poll', async () => {
    const world = driveWorld();
    await world.request(RUN, [plannedPhone('p')]);
    const { listJobs } = world.deps.cph;
    const polledAt: number[] = [];
    world.deps.cph.listJobs = (ids) => {
      polledAt.push(world.seconds());
      return polledAt.length === 1 ? Promise.reject(temporaryError()) : listJobs(ids);
    };
    await world.drive();
    expect(polledAt).toEqual([3, 23]);
    expect(await world.keys(layout.open)).toEqual([]);
  });
});

describe('pollOrphanedDue', () => {
  /** A world with orphaned jobs of two runs. `polled`: the seconds and the orphaned job of each poll. */
  async function withOrphanedJobs(state: (id: string, seconds: number) => Job['state']) {
    const world = driveWorld(35 * SECOND);
    await writeOrphanedJobs(world.store, orphanedJobOf('old-1', 'p'));
    await writeOrphanedJobs(world.store, orphanedJobOf('old-2', 'q'));
    const polled: [number, string][] = [];
    const { listJobs } = world.deps.cph;
    world.deps.cph.listJobs = async (ids) => {
      const [id = ''] = ids;
      if (!id.startsWith('orphaned-')) return listJobs(ids);
      polled.push([world.seconds(), id]);
      return [{ job_id: id, state: state(id, world.seconds()) }];
    };
    return { ...world, polled };
  }

  it('polls orphaned jobs every 30 s while a run is open, until they end', async () => {
    const world = await withOrphanedJobs((id) => (id === 'orphaned-p' ? 'failed' : 'running'));
    await world.request(RUN, [plannedPhone('r')]);
    await world.drive();
    expect(world.polled).toEqual([
      [0, 'orphaned-p'],
      [0, 'orphaned-q'],
      [30, 'orphaned-q'],
    ]);
    expect(await readOrphanedJobs(world.store, 'old-1')).toBeUndefined();
    expect(await readOrphanedJobs(world.store, 'old-2')).toBeDefined();
  });

  it('polls orphaned jobs from the moment their run settles', async () => {
    const world = driveWorld(25 * SECOND);
    await world.request(OTHER, [plannedPhone('q')]);
    await world.request(RUN, [plannedPhone('p')]);
    const at = T0 - 60 * MINUTE + 4 * SECOND;
    const own = { phone_id: 'p', attempt: 1 };
    await appendLog(world.store, layout.logEntry(RUN, '0000000000-z', 1), [
      { type: 'accepted', at, ...own, job_id: 'j-old', request_id: 'r-old' },
    ]);
    const lookups: [number, string][] = [];
    const { listJobs } = world.deps.cph;
    world.deps.cph.listJobs = async (ids) => {
      if (!ids.includes('r-old')) return listJobs(ids);
      const isSettled = (await readReport(world.store, RUN)) !== undefined;
      lookups.push([world.seconds(), isSettled ? 'orphaned' : 'open']);
      return [...(await listJobs(ids)), { job_id: 'j-old', phone_id: 'p', state: 'running' }];
    };
    await world.drive();
    expect(lookups).toEqual([
      [0, 'open'],
      [3, 'open'],
      [6, 'open'],
      [6, 'orphaned'],
    ]);
    expect(await readOrphanedJobs(world.store, RUN)).toMatchObject({
      attempts: [{ phone_id: 'p' }],
    });
  });

  it('polls orphaned jobs once when no run is open', async () => {
    const world = await withOrphanedJobs(() => 'running');
    expect(await world.drive()).toEqual({ kind: 'worked', open: 0 });
    expect(world.polled).toHaveLength(2);
    expect(world.seconds()).toBe(0);
  });

  it('polls all orphaned jobs although one poll fails, and retries the failed one', async () => {
    const world = await withOrphanedJobs((id, at) => {
      if (id === 'orphaned-p' && at === 0) throw temporaryError();
      return 'failed';
    });
    await world.request(RUN, [plannedPhone('r')]);
    await world.drive();
    expect(world.polled).toEqual([
      [0, 'orphaned-p'],
      [0, 'orphaned-q'],
      [30, 'orphaned-p'],
    ]);
    expect(world.logged('step_failed')).toHaveLength(1);
  });

  it('does not export the phone of an orphaned job in the drive that settles its run', async () => {
    const world = driveWorld(25 * SECOND);
    await world.request(RUN, [plannedPhone('p')]);
    await world.request(OTHER, [plannedPhone('p'), plannedPhone('q')]);
    const at = T0 - 60 * MINUTE + 4 * SECOND;
    await appendLog(world.store, layout.logEntry(RUN, '0000000000-z', 1), [
      ...[
        { type: 'accepted', at, phone_id: 'p', attempt: 1, job_id: 'j', request_id: 'r' } as const,
      ],
    ]);
    const { listJobs } = world.deps.cph;
    world.deps.cph.listJobs = async (ids) => [
      ...(await listJobs(ids)),
      ...(ids.includes('r') ? [{ job_id: 'j', phone_id: 'p', state: 'running' } as const] : []),
    ];
    await world.drive();
    expect(await readReport(world.store, RUN)).toMatchObject({ counts: { timed_out: 1 } });
    expect(world.exports).toEqual([[0, ['q']]]);
  });

  it('exports the phone of an orphaned job only after the job ended', async () => {
    const world = await withOrphanedJobs((_, at) => (at === 0 ? 'running' : 'failed'));
    await world.request(RUN, [plannedPhone('p'), plannedPhone('r')]);
    await world.drive();
    expect(world.exports).toEqual([
      [0, ['r']],
      [30, ['p']],
    ]);
  });
});
