import { describe, expect, it } from 'vitest';
import type { Job } from '../../../lib/cloud/cph/job.ts';
import {
  readOrphanedJobs,
  splitOrphanedJobs,
  writeOrphanedJobs,
} from '../../../lib/ledger/run/orphaned-jobs.ts';
import { pollOrphanedDue } from '../../../lib/run/drive/poll.ts';
import { createWork } from '../../../lib/run/drive/work.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { appendLog } from '../../../lib/ledger/run/log/log.ts';
import { readReport } from '../../../lib/ledger/run/report.ts';
import { temporaryError } from '../../support/run-scene.ts';
import { MINUTE, plannedPhone, T0 } from '../../support/runs.ts';

import { OTHER, RUN, SECOND } from '../../support/drive-scene.ts';
import { driveWorld, orphanedJobOf } from '../../support/drive-world.ts';
import { useLightS3 } from '../../../testing/cloud/light-s3.ts';

useLightS3();

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
      return [
        ...((await listJobs(ids)) ?? []),
        { job_id: 'j-old', phone_id: 'p', state: 'running' },
      ];
    };
    await world.drive();
    expect(lookups).toEqual([
      [0, 'open'],
      [3, 'open'],
      [9, 'open'],
      [9, 'orphaned'],
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

  describe('of thousands of orphaned jobs', () => {
    const phones = (count: number, name: string) =>
      Array.from({ length: count }, (_, n) => plannedPhone(`${name}${n}`));

    /** Drives a run of six phones; `asked`: the orphaned requests of each list-jobs call, by second. */
    async function play(orphans: number, minutes: number) {
      const world = driveWorld(35 * SECOND);
      const [jobs] = [orphanedJobOf('old-1', 'x')];
      const attempts = phones(orphans, 'old').map(({ phone_id }, n) => ({
        ...{ phone_id, phone_name: '', server_id: 's9', attempt: 1 },
        jobs: [{ job_id: `j${n}`, request_id: `orphaned-${Math.floor(n / 10)}` }],
      }));
      for (const part of splitOrphanedJobs({ ...jobs, attempts }))
        await writeOrphanedJobs(world.store, part);
      const asked: [seconds: number, ids: string[]][] = [];
      const { listJobs } = world.deps.cph;
      world.deps.cph.listJobs = async (ids) => {
        const own = ids.filter((id) => id.startsWith('orphaned-'));
        if (own.length > 0) asked.push([world.seconds(), own]);
        return own.length > 0 ? [] : listJobs(ids);
      };
      await world.request(RUN, phones(6, 'new'));
      await world.driveMinutes(minutes);
      const { settled_at, counts } = (await readReport(world.store, RUN)) ?? {};
      return { asked, settled: { settled_at, counts, exports: world.exports } };
    }

    it('plans and settles a new run as without them', async () => {
      expect((await play(5_000, 5)).settled).toEqual((await play(0, 5)).settled);
    });

    it('makes at most four list-jobs calls a pass', async () => {
      const { asked } = await play(5_000, 2);
      const perPass = new Map<number, number>();
      for (const [second] of asked) perPass.set(second, (perPass.get(second) ?? 0) + 1);
      expect(Math.max(...perPass.values())).toBe(4);
    });

    it.each([0, 30, 60, 90])(
      'asks for every job within half an hour, from second %i on',
      async (start) => {
        const world = driveWorld();
        const attempts = phones(5_000, 'old').map(({ phone_id }, n) => ({
          ...{ phone_id, phone_name: '', server_id: 's9', attempt: 1 },
          jobs: [{ job_id: `j${n}`, request_id: `orphaned-${Math.floor(n / 10)}` }],
        }));
        const orphaned = splitOrphanedJobs({ ...orphanedJobOf('old-1', 'x'), attempts });
        const asked = new Set<string>();
        world.deps.cph.listJobs = async (ids) => {
          for (const id of ids) asked.add(id);
          return [];
        };
        world.clock.move(start * SECOND);
        const work = createWork({ remembered: new Map(), orphaned }, 0);
        const deps = { ...world.deps, until: Number.POSITIVE_INFINITY };
        for (let minute = 0; minute < 30; minute += 1) {
          await pollOrphanedDue(deps, work);
          world.clock.move(MINUTE);
        }
        expect(asked.size).toBe(500);
      },
    );

    it('asks for none when the time is up', async () => {
      const world = driveWorld();
      let calls = 0;
      world.deps.cph.listJobs = async () => {
        calls += 1;
        world.clock.move(MINUTE);
        return [];
      };
      const attempts = Array.from({ length: 100 }, (_, n) => ({
        ...{ phone_id: `p${n}`, phone_name: '', server_id: 's9', attempt: 1 },
        jobs: [{ job_id: `j${n}`, request_id: `orphaned-${n}` }],
      }));
      const orphaned = splitOrphanedJobs({ ...orphanedJobOf('old-1', 'x'), attempts });
      const work = createWork({ remembered: new Map(), orphaned }, 0);
      await pollOrphanedDue({ ...world.deps, until: T0 + MINUTE }, work);
      expect(calls).toBe(1);
      expect(work.orphaned).toEqual(orphaned);
    });
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
      ...((await listJobs(ids)) ?? []),
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
