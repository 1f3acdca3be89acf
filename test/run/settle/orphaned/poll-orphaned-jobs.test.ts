import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../../lib/errors.ts';
import type { Job } from '../../../../lib/cloud/cph/job.ts';
import {
  type OrphanedAttempt,
  readOrphanedJobs,
  writeOrphanedJobs,
} from '../../../../lib/ledger/run/orphaned-jobs.ts';
import { addArchives } from '../../../../lib/ledger/catalogue/add.ts';
import { reportedArchives } from '../../../../lib/ledger/catalogue/rebuild/reported-archives.ts';
import { readPlan, writePlan } from '../../../../lib/ledger/run/plan.ts';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import {
  pollLists,
  pollOrphanedJobs,
} from '../../../../lib/run/settle/orphaned/poll-orphaned-jobs.ts';
import {
  attemptWithJob,
  attemptWithoutJob,
  orphanedJobs,
  RUN,
} from '../../../support/orphaned-jobs.ts';
import { catalogued, cataloguedLeftovers } from '../../../support/archives.ts';
import { type RunScene, runScene } from '../../../support/run-scene.ts';
import { MINUTE, plannedPhone, T0, terms } from '../../../support/runs.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const keyOf = (phone: string, attempt = 1): string => `nightly/${RUN}/${phone}-${attempt}.tar`;

/** A cloud with these job states by phone; `requested`: the export calls whose jobs were listed. */
function cloud(states: Record<string, Job['state']> = {}) {
  const requested: string[][] = [];
  const listJobs = async (ids: string[]): Promise<Job[]> => {
    requested.push(ids);
    return Object.entries(states)
      .filter(([phone]) => ids.includes(`r-${phone}`))
      .map(([phone, state]) => ({ job_id: `j-${phone}`, phone_id: phone, state }));
  };
  return { ...runScene({ listJobs }), requested };
}

/** Stores the plan of the run. */
async function plan({ store }: Pick<RunScene, 'store'>): Promise<void> {
  const request = { run_id: RUN, policy: 'nightly', trigger: 'http' as const };
  const own = { ...terms, bucket: 'backups', folder: 'nightly' };
  const head = { request, slot: '20260102T023000Z', started_at: T0, selected: 1, terms: own };
  await writePlan(store, { ...head, listing_complete: true }, [plannedPhone('p')]);
}

/** The late archives that were recorded, as phone and `unconfirmed`, and the phones in the index. */
async function recorded({ store }: Pick<RunScene, 'store'>) {
  const records = [];
  for (const { key } of await store.list(`runs/${RUN}/late/`)) {
    const { phone_id, unconfirmed } = JSON.parse((await store.get(key))?.body ?? '') as Record<
      string,
      unknown
    >;
    records.push([phone_id, unconfirmed ?? false]);
  }
  return { records, indexed: (await catalogued(store)).map(({ phone_id }) => phone_id) };
}

describe('pollOrphanedJobs', () => {
  it('lists the jobs of each export call once, 20 calls in a request', async () => {
    const { deps, requested } = cloud();
    const many = Array.from({ length: 40 }, (_, n) => attemptWithJob(`p${n}`));
    const same = attemptWithJob('q', { jobs: [{ job_id: 'j-q', request_id: 'r-p0' }] });
    await pollOrphanedJobs(deps, orphanedJobs([...many, same]));
    expect(requested.map((ids) => ids.length)).toEqual([20, 20]);
    expect(new Set(requested.flat()).size).toBe(40);
  });

  it('lists no jobs when all attempts have lost their response', async () => {
    const { deps, requested } = cloud();
    await pollOrphanedJobs(deps, orphanedJobs([attemptWithoutJob('p')]));
    expect(requested).toEqual([]);
  });

  it('changes nothing while the jobs run', async () => {
    const { deps, store, lookups } = cloud({ p: 'running' });
    const orphaned = orphanedJobs([attemptWithJob('p'), attemptWithJob('unlisted')]);
    expect(await pollOrphanedJobs(deps, orphaned)).toEqual(orphaned);
    expect(lookups).toEqual([]);
    expect(await store.list('')).toEqual([]);
  });

  it('records and indexes the archive of a job that succeeded', async () => {
    const scene = cloud({ p: 'succeeded', q: 'running' });
    await plan(scene);
    const image_version = 'AOSP 10.0';
    const orphaned = orphanedJobs([attemptWithJob('p', { image_version }), attemptWithJob('q')]);
    await writeOrphanedJobs(scene.store, orphaned);
    scene.land(keyOf('p'), 2_048, 'e1');
    scene.clock.move(5);
    expect(await pollOrphanedJobs(scene.deps, orphaned)).toEqual({
      ...orphaned,
      attempts: [attemptWithJob('q')],
    });
    expect((await readOrphanedJobs(scene.store, RUN))?.attempts).toEqual([attemptWithJob('q')]);
    const entry = await scene.store.get(layout.lateArchive(RUN, 'p', 1));
    expect(JSON.parse(entry?.body ?? '')).toEqual({
      ...{ version: 1, phone_id: 'p', attempt: 1, key: keyOf('p'), size: 2_048, etag: 'e1' },
      seen_at: T0 + 5,
    });
    expect(await catalogued(scene.store)).toMatchObject([
      {
        ...{ phone_id: 'p', phone_name: 'game-p', policy: 'nightly', run_id: RUN },
        ...{ bucket: 'backups', key: keyOf('p'), size: 2_048 },
        ...{ verified_at: T0 + 5, trigger: 'http', image_version },
      },
    ]);
    const line = ['info', 'archive_arrived_late', { run: RUN, policy: 'nightly', phone: 'p' }];
    expect(scene.lines).toEqual([line]);
  });

  it('stores what it saw of an archive that is absent', async () => {
    const { deps, store } = cloud({ p: 'succeeded' });
    const absent = await pollOrphanedJobs(deps, orphanedJobs([attemptWithJob('p')]));
    expect(absent.attempts).toEqual([attemptWithJob('p', { absent_at: T0 })]);
    expect(await readOrphanedJobs(store, RUN)).toEqual(absent);
  });

  it('removes the stored jobs when none is left', async () => {
    const { deps, store, land } = cloud({ p: 'succeeded' });
    const orphaned = orphanedJobs([attemptWithJob('p')]);
    await writeOrphanedJobs(store, orphaned);
    land(keyOf('p'));
    expect((await pollOrphanedJobs(deps, orphaned)).attempts).toEqual([]);
    expect(await readOrphanedJobs(store, RUN)).toBeUndefined();
  });

  const plausible = 2_048;
  it.each<
    [
      string,
      Job['state'],
      OrphanedAttempt,
      number,
      [size: number, etag?: string],
      boolean | 'waits',
    ]
  >([
    [
      'indexes it for a succeeded job',
      'succeeded',
      attemptWithJob('p'),
      0,
      [plausible, 'cut'],
      false,
    ],
    ['leaves it unconfirmed for a failed job', 'failed', attemptWithJob('p'), 0, [plausible], true],
    ['waits while the job runs', 'running', attemptWithJob('p'), DAY - 1, [plausible], 'waits'],
    [
      'leaves it unconfirmed when the job runs for a day',
      'running',
      attemptWithJob('p'),
      DAY,
      [plausible],
      true,
    ],
    [
      'indexes it when it is complete and the response was lost',
      'unknown',
      attemptWithoutJob('p'),
      0,
      [plausible],
      false,
    ],
  ])(
    'records an archive by its job: %s',
    async (_, state, entry, after, [size, etag], unconfirmed) => {
      const scene = cloud({ p: state });
      await plan(scene);
      scene.land(keyOf('p'), size, etag);
      scene.clock.move(after);
      const { attempts } = await pollOrphanedJobs(scene.deps, orphanedJobs([entry]));
      const waits = unconfirmed === 'waits';
      expect(attempts).toEqual(waits ? [entry] : []);
      expect(await recorded(scene)).toEqual({
        records: waits ? [] : [['p', unconfirmed]],
        indexed: unconfirmed === false ? ['p'] : [],
      });
      expect(scene.logged('archive_arrived_late')).toHaveLength(unconfirmed === false ? 1 : 0);
    },
  );

  it('leaves an unconfirmed archive to retention', async () => {
    const scene = cloud({ p: 'failed' });
    await plan(scene);
    scene.land(keyOf('p'), plausible);
    await pollOrphanedJobs(scene.deps, orphanedJobs([attemptWithJob('p')]));
    expect(await cataloguedLeftovers(scene.store)).toEqual([[keyOf('p'), 'orphaned']]);
  });

  it('makes an archive of what was unconfirmed in the report and is verified now', async () => {
    const scene = cloud({ p: 'succeeded' });
    await plan(scene);
    const stored = await readPlan(scene.store, RUN);
    if (stored === undefined) throw new Error('no plan');
    const [before] = reportedArchives(
      {
        ...{ plan: stored.plan, planned: stored.phones, settledAt: T0 + 1 },
        reported: [
          { phone_id: 'p', outcome: 'timed_out', attempts: 1, unconfirmed_archive: [keyOf('p')] },
        ],
      },
      new Map(),
    );
    if (before === undefined) throw new Error('no leftover');
    await addArchives(scene.store, [before, { ...before, key: 'another' }]);
    scene.land(keyOf('p'), plausible);
    await pollOrphanedJobs(scene.deps, orphanedJobs([attemptWithJob('p')]));
    expect(await cataloguedLeftovers(scene.store)).toEqual([['another', 'orphaned']]);
    expect((await catalogued(scene.store)).map(({ key }) => key)).toEqual([keyOf('p')]);
  });

  it.each<[string, Job['state'], OrphanedAttempt, number]>([
    ['an attempt whose job failed', 'failed', attemptWithJob('p'), 0],
    ['an attempt whose job runs for a day', 'running', attemptWithJob('p'), DAY],
  ])('drops %s when there is no archive', async (_, state, entry, after) => {
    const scene = cloud({ p: state });
    scene.clock.move(after);
    expect((await pollOrphanedJobs(scene.deps, orphanedJobs([entry]))).attempts).toEqual([]);
    expect(scene.lookups).toEqual([`head ${keyOf('p')}`]);
    expect(await recorded(scene)).toEqual({ records: [], indexed: [] });
  });

  it('counts an attempt with two jobs as succeeded when one of them succeeded', async () => {
    const scene = cloud({ p: 'failed', q: 'succeeded' });
    await plan(scene);
    const jobs = [...attemptWithJob('p').jobs, ...attemptWithJob('q').jobs];
    scene.land(keyOf('p'));
    await pollOrphanedJobs(scene.deps, orphanedJobs([attemptWithJob('p', { jobs })]));
    expect(await recorded(scene)).toEqual({ records: [['p', false]], indexed: ['p'] });
  });

  it('ignores the jobs of other attempts', async () => {
    const scene = cloud({ p: 'succeeded', q: 'failed' });
    scene.land(keyOf('p'));
    scene.land(keyOf('q'));
    scene.land(keyOf('p', 2));
    const second = attemptWithJob('p', { attempt: 2, jobs: attemptWithJob('r').jobs });
    const { attempts } = await pollOrphanedJobs(
      scene.deps,
      orphanedJobs([attemptWithJob('p'), attemptWithJob('q'), second]),
    );
    expect(attempts).toEqual([second]);
    expect((await recorded(scene)).records).toEqual([
      ['p', false],
      ['q', true],
    ]);
  });

  it('looks up 20 keys by HEAD, and of more keys only those that LIST shows', async () => {
    const keys = (count: number) =>
      Array.from({ length: count }, (_, n) => attemptWithoutJob(`p${n}`));
    const few = cloud();
    await pollOrphanedJobs(few.deps, orphanedJobs(keys(20)));
    expect(few.lookups).toEqual(keys(20).map(({ phone_id }) => `head ${keyOf(phone_id)}`));
    const many = cloud();
    many.land(keyOf('p3'));
    const { attempts } = await pollOrphanedJobs(many.deps, orphanedJobs(keys(21)));
    expect(many.lookups).toEqual([
      `list nightly/${RUN}/`,
      ...[`head ${keyOf('p3')}`, `tail ${keyOf('p3')}`],
    ]);
    expect(attempts).toEqual(keys(21).filter(({ phone_id }) => phone_id !== 'p3'));
    expect((await recorded(many)).records).toEqual([['p3', false]]);
  });

  it('counts only keys without a job when it decides whether to list', async () => {
    const { deps, lookups } = cloud();
    const jobs = Array.from({ length: 20 }, (_, n) => attemptWithJob(`p${n}`));
    await pollOrphanedJobs(deps, orphanedJobs([...jobs, attemptWithoutJob('q')]));
    expect(lookups).toEqual([`head ${keyOf('q')}`]);
  });

  it('drops keys that LIST does not show at the end of their watch', async () => {
    const { deps, clock } = cloud();
    const keys = Array.from({ length: 21 }, (_, n) =>
      attemptWithoutJob(`p${n}`, T0 + (n === 0 ? 1 : 2)),
    );
    clock.move(1);
    const { attempts } = await pollOrphanedJobs(deps, orphanedJobs(keys));
    expect(attempts).toEqual(keys.slice(1));
  });
});

describe('an orphaned attempt that cannot be looked up', () => {
  /** The archive of `p` cannot be looked up. */
  function failing() {
    const world = cloud({ p: 'succeeded', q: 'succeeded' });
    const { head } = world.deps.archives;
    world.deps.archives.head = (bucket, key) =>
      key === keyOf('p')
        ? Promise.reject(new PhonevaultError('access_denied', 'refused'))
        : head(bucket, key);
    world.land(keyOf('q'));
    return world;
  }
  const both = () => orphanedJobs([attemptWithJob('p'), attemptWithJob('q')]);

  it('holds up no other', async () => {
    const world = failing();
    const { attempts } = await pollOrphanedJobs(world.deps, both());
    expect(attempts.map(({ phone_id }) => phone_id)).toEqual(['p']);
    expect((await recorded(world)).records).toEqual([['q', false]]);
    expect(world.logged('step_failed')).toHaveLength(1);
  });

  it('is asked for less often each time, and at once after a success', async () => {
    const world = failing();
    let heads = 0;
    const { head } = world.deps.archives;
    world.deps.archives.head = (...args) => ((heads += 1), head(...args));
    let orphaned = orphanedJobs([attemptWithJob('p')]);
    for (let at = 0; at < DAY; at += MINUTE / 2) {
      const now = world.clock.now();
      const due = pollLists(orphaned, now).flat();
      if (due.length > 0) orphaned = await pollOrphanedJobs(world.deps, orphaned, due);
      world.clock.move(MINUTE / 2);
    }
    expect(heads).toBeLessThan(60);
    expect((await readOrphanedJobs(world.store, RUN))?.attempts).toEqual(orphaned.attempts);
    world.deps.archives.head = async () => undefined;
    world.clock.move(HOUR / 2);
    const [left] = (await pollOrphanedJobs(world.deps, orphaned)).attempts;
    expect(left?.failed).toBeUndefined();
  });

  it('is given up after a day', async () => {
    const world = failing();
    const orphaned = both();
    world.clock.move(orphaned.until - world.clock.now());
    expect((await pollOrphanedJobs(world.deps, orphaned)).attempts).toEqual([]);
    expect(world.logged('not_done')).toHaveLength(1);
  });

  it('is given up after a day also when the jobs cannot be listed', async () => {
    const world = cloud();
    const orphaned = orphanedJobs([attemptWithJob('p')]);
    world.deps.cph.listJobs = () => Promise.reject(new PhonevaultError('unreachable', 'no answer'));
    await expect(pollOrphanedJobs(world.deps, orphaned)).rejects.toThrow('no answer');
    world.clock.move(orphaned.until - world.clock.now());
    expect((await pollOrphanedJobs(world.deps, orphaned)).attempts).toEqual([]);
  });
});
