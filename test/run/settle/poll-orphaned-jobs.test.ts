import { describe, expect, it } from 'vitest';
import type { Job } from '../../../lib/cloud/cph/job.ts';
import type { RunEvent } from '../../../lib/ledger/run/events.ts';
import {
  type OrphanedJobs,
  type OrphanedAttempt,
  readOrphanedJobs,
  writeOrphanedJobs,
} from '../../../lib/ledger/run/orphaned-jobs.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { readIndexedPhones } from '../../../lib/ledger/state/phones.ts';
import { pollOrphanedJobs } from '../../../lib/run/settle/poll-orphaned-jobs.ts';
import {
  orphanRunningJobs,
  loadOrphanedJobs,
  inFlightJobs,
} from '../../../lib/run/settle/orphaned-jobs.ts';
import { record } from '../../../lib/run/state/open-run.ts';
import { type RunScene, runScene } from '../../support/run-scene.ts';
import { MINUTE, openRun, plannedPhone, T0, terms } from '../../support/runs.ts';

const RUN = 'nightly-20260102t023000z';
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const jobTry = (phone_id: string, changes: Partial<OrphanedAttempt> = {}): OrphanedAttempt => ({
  ...{ phone_id, phone_name: `game-${phone_id}`, server_id: 's1', attempt: 1 },
  jobs: [{ job_id: `j-${phone_id}`, request_id: `r-${phone_id}` }],
  ...changes,
});
const keyTry = (phone_id: string, watch_until = T0 + HOUR): OrphanedAttempt =>
  jobTry(phone_id, { jobs: [], watch_until });
const lateOf = (
  attempts: OrphanedAttempt[],
  changes: Partial<OrphanedJobs> = {},
): OrphanedJobs => ({
  ...{ run_id: RUN, policy: 'nightly', bucket: 'backups', folder: 'nightly' },
  ...{ busy_until: T0 + 2 * HOUR, until: T0 + DAY, attempts },
  ...changes,
});
const keyOf = (phone: string, attempt = 1): string => `nightly/${RUN}/${phone}-${attempt}.tar`;

/** A cloud whose jobs stand as told, by phone; `asked`: the export calls that were asked for. */
function cloud(states: Record<string, Job['state']> = {}) {
  const asked: string[][] = [];
  const listJobs = async (ids: string[]): Promise<Job[]> => {
    asked.push(ids);
    return Object.entries(states)
      .filter(([phone]) => ids.includes(`r-${phone}`))
      .map(([phone, state]) => ({ job_id: `j-${phone}`, phone_id: phone, state }));
  };
  return { ...runScene({ listJobs }), asked };
}

/** What was noted beside the report, and for which phones the index has it. */
async function noted({ store }: Pick<RunScene, 'store'>) {
  const records = [];
  for (const { key } of await store.list(`runs/${RUN}/late/`)) {
    const { phone_id, unconfirmed } = JSON.parse((await store.get(key))?.body ?? '') as Record<
      string,
      unknown
    >;
    records.push([phone_id, unconfirmed ?? false]);
  }
  return { records, indexed: (await readIndexedPhones(store)).map(({ phone_id }) => phone_id) };
}

describe('loadLate', () => {
  it('reads what the runs have left, and passes over what is gone', async () => {
    const { deps, store, lines } = runScene();
    const late = lateOf([jobTry('p')]);
    await writeOrphanedJobs(store, late);
    expect(await loadOrphanedJobs(deps, ['gone-1', RUN])).toEqual([late]);
    expect(lines).toEqual([]);
  });

  it('logs what cannot be read, and reads the rest', async () => {
    const { deps, store, logged } = runScene();
    const broken = 'weekly-20260102t023000z';
    await store.put(layout.orphanedJobs(broken), `{"version":1,"${'x'.repeat(300)}":`);
    const late = lateOf([jobTry('p')]);
    await writeOrphanedJobs(store, late);
    expect(await loadOrphanedJobs(deps, [broken, RUN])).toEqual([late]);
    expect(logged()).toEqual([
      [
        'error',
        'orphaned_jobs_unreadable',
        {
          ...{ run: broken, policy: 'weekly', code: 'object_invalid' },
          message: `PhonevaultError: open/late/${broken}.json is not JSON`,
        },
      ],
    ]);
  });

  it('logs a store that fails oddly, in 200 characters', async () => {
    const { deps, logged } = runScene();
    const get = () => Promise.reject(new Error('m'.repeat(300)));
    expect(await loadOrphanedJobs({ ...deps, store: { ...deps.store, get } }, [RUN])).toEqual([]);
    const message = `Error: ${'m'.repeat(193)}`;
    expect(logged()).toMatchObject([
      ['error', 'orphaned_jobs_unreadable', { code: 'unknown', message }],
    ]);
  });
});

describe('keepFollowing', () => {
  const own = (phone_id: string) => ({ phone_id, attempt: 1 });
  const accepted = (phone: string, at = T0): RunEvent => ({
    ...{ type: 'accepted', at, ...own(phone) },
    ...{ job_id: `j-${phone}`, request_id: `r-${phone}` },
  });
  const intent = (phone: string): RunEvent => ({
    ...{ type: 'intent', at: T0, window: 'w1', attempts: [own(phone)] },
  });
  const ended = (phone: string, result: 'succeeded' | 'failed' | 'lost'): RunEvent => ({
    ...{ type: 'ended', at: T0, ...own(phone), result },
  });
  const refused = (code: string): RunEvent => ({ type: 'refused', at: T0, ...own('p'), code });

  async function keep(events: RunEvent[], ids = ['p'], after = 0) {
    const scene = runScene();
    scene.clock.move(after);
    const run = openRun(
      RUN,
      ids.map((id) => plannedPhone(id)),
    );
    record(run, events);
    const late = await orphanRunningJobs(scene.deps, run);
    expect(await readOrphanedJobs(scene.store, RUN)).toEqual(late);
    return late;
  }

  it('hands over the jobs that still run, for a day after the last that was accepted', async () => {
    const events = ['p', 'q', 'r'].map((phone, n) => accepted(phone, T0 + n));
    const late = await keep([...events, ended('q', 'succeeded')], ['p', 'q', 'r']);
    expect(late).toEqual({
      ...{ run_id: RUN, policy: 'nightly' },
      ...{ bucket: terms.bucket, folder: terms.folder },
      busy_until: T0 + 2 + 2 * terms.export_timeout,
      until: T0 + 2 + DAY,
      attempts: [jobTry('p'), jobTry('r')],
    });
  });

  const until = T0 + 2 * terms.export_timeout;
  it.each<[string, RunEvent[], OrphanedAttempt[] | undefined]>([
    ['a window that was never closed', [intent('p')], [keyTry('p', until)]],
    [
      'a lost answer',
      [intent('p'), { type: 'outcome_unknown', at: T0, ...own('p') }],
      [keyTry('p', until)],
    ],
    ['a phone that was busy', [intent('p'), refused('CPS.0042')], [keyTry('p', until)]],
    ['a job that was lost', [intent('p'), accepted('p'), ended('p', 'lost')], [keyTry('p', until)]],
    ['any other refusal', [intent('p'), refused('CPS.0005')], undefined],
    ['a job that failed', [intent('p'), accepted('p'), ended('p', 'failed')], undefined],
    ['a phone that was never sent', [], undefined],
  ])('of %s', async (_, events, expected) => {
    expect((await keep(events))?.attempts).toEqual(expected);
  });

  it('watches a key for twice as long as an export may take, and no longer', async () => {
    const events = [intent('p')];
    expect((await keep(events, ['p'], 2 * terms.export_timeout - 1))?.attempts).toHaveLength(1);
    expect(await keep(events, ['p'], 2 * terms.export_timeout)).toBeUndefined();
  });

  it('keeps every job of a try, whatever became of other tries', async () => {
    const again: RunEvent[] = [
      { ...accepted('p'), attempt: 2 } as RunEvent,
      { ...accepted('p', T0 + 1), attempt: 2, job_id: 'j-2', request_id: 'r-2' } as RunEvent,
    ];
    const late = await keep([accepted('p'), ended('p', 'failed'), ...again]);
    expect(late?.attempts).toEqual([
      jobTry('p', {
        attempt: 2,
        jobs: [
          { job_id: 'j-p', request_id: 'r-p' },
          { job_id: 'j-2', request_id: 'r-2' },
        ],
      }),
    ]);
  });

  it('has nothing to follow of a run without a plan, or one that failed before it started', async () => {
    const { deps, store } = runScene();
    const run = openRun(RUN, [plannedPhone('p')]);
    record(run, [accepted('p')]);
    expect(await orphanRunningJobs(deps, { ...run, plan: undefined })).toBeUndefined();
    if (run.plan !== undefined) delete run.plan.terms;
    expect(await orphanRunningJobs(deps, run)).toBeUndefined();
    expect(await store.list('')).toEqual([]);
  });
});

describe('stragglersOf', () => {
  it('are the phones whose jobs still take up a place', () => {
    const late = lateOf([jobTry('p'), keyTry('q')]);
    const other = lateOf([jobTry('r')], { busy_until: T0 + 1 });
    const phones = (now: number) =>
      inFlightJobs([late, other], now).map(({ phone_id }) => phone_id);
    expect(phones(T0)).toEqual(['p', 'r']);
    expect(phones(T0 + 1)).toEqual(['p']);
    expect(phones(T0 + 2 * HOUR)).toEqual([]);
  });
});

describe('followLate', () => {
  it('asks for each export call once, twenty at a time', async () => {
    const { deps, asked } = cloud();
    const many = Array.from({ length: 40 }, (_, n) => jobTry(`p${n}`));
    const same = jobTry('q', { jobs: [{ job_id: 'j-q', request_id: 'r-p0' }] });
    await pollOrphanedJobs(deps, lateOf([...many, same]));
    expect(asked.map((ids) => ids.length)).toEqual([20, 20]);
    expect(new Set(asked.flat()).size).toBe(40);
  });

  it('asks for nothing where keys alone are watched', async () => {
    const { deps, asked } = cloud();
    await pollOrphanedJobs(deps, lateOf([keyTry('p')]));
    expect(asked).toEqual([]);
  });

  it('leaves everything as it is while the jobs run', async () => {
    const { deps, store, lookups } = cloud({ p: 'running' });
    const late = lateOf([jobTry('p'), jobTry('unlisted')]);
    expect(await pollOrphanedJobs(deps, late)).toEqual(late);
    expect(lookups).toEqual([]);
    expect(await store.list('')).toEqual([]);
  });

  it('takes in the archive of a job that ended well, and indexes it', async () => {
    const scene = cloud({ p: 'succeeded', q: 'running' });
    const late = lateOf([jobTry('p'), jobTry('q')]);
    await writeOrphanedJobs(scene.store, late);
    scene.land(keyOf('p'), 2_048, 'e1');
    scene.clock.move(5);
    expect(await pollOrphanedJobs(scene.deps, late)).toEqual({ ...late, attempts: [jobTry('q')] });
    expect((await readOrphanedJobs(scene.store, RUN))?.attempts).toEqual([jobTry('q')]);
    const entry = await scene.store.get(layout.lateArchive(RUN, 'p', 1));
    expect(JSON.parse(entry?.body ?? '')).toEqual({
      ...{ version: 1, phone_id: 'p', attempt: 1, key: keyOf('p'), size: 2_048, etag: 'e1' },
      seen_at: T0 + 5,
    });
    expect(await readIndexedPhones(scene.store)).toEqual([
      {
        ...{ phone_id: 'p', phone_name: 'game-p', policy: 'nightly', run_id: RUN },
        ...{ bucket: 'backups', key: keyOf('p'), size: 2_048 },
        verified_at: new Date(T0 + 5).toISOString(),
      },
    ]);
    const line = ['info', 'archive_arrived_late', { run: RUN, policy: 'nightly', phone: 'p' }];
    expect(scene.lines).toEqual([line]);
  });

  it('looks again for the archive of a job that ended well, for two minutes', async () => {
    const { deps, clock, store } = cloud({ p: 'succeeded' });
    const absent = await pollOrphanedJobs(deps, lateOf([jobTry('p')]));
    expect(absent.attempts).toEqual([jobTry('p', { absent_at: T0 })]);
    expect(await readOrphanedJobs(store, RUN)).toEqual(absent);
    clock.move(2 * MINUTE - 1);
    expect(await pollOrphanedJobs(deps, absent)).toEqual(absent);
    clock.move(1);
    expect((await pollOrphanedJobs(deps, absent)).attempts).toEqual([]);
    expect(await store.list(layout.open)).toEqual([]);
  });

  it('removes what it kept when nothing is left to follow', async () => {
    const { deps, store, land } = cloud({ p: 'succeeded' });
    const late = lateOf([jobTry('p')]);
    await writeOrphanedJobs(store, late);
    land(keyOf('p'));
    expect((await pollOrphanedJobs(deps, late)).attempts).toEqual([]);
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
      boolean | 'stays',
    ]
  >([
    ['of a job that ended well', 'succeeded', jobTry('p'), 0, [plausible, 'cut'], false],
    ['too small, of a job that ended well', 'succeeded', jobTry('p'), 0, [1_024], true],
    ['of a job that failed', 'failed', jobTry('p'), 0, [plausible], true],
    ['of a job that runs', 'running', jobTry('p'), DAY - 1, [plausible], 'stays'],
    ['of a job that is given up after a day', 'running', jobTry('p'), DAY, [plausible], true],
    ['whole, of a lost answer', 'unknown', keyTry('p'), 0, [plausible], false],
    ['whole, at the last look', 'unknown', keyTry('p'), HOUR, [plausible], false],
    ['not whole, of a lost answer', 'unknown', keyTry('p'), HOUR - 1, [plausible, 'cut'], 'stays'],
    ['not whole, at the last look', 'unknown', keyTry('p'), HOUR, [plausible, 'cut'], true],
  ])('judges what lies there: %s', async (_, state, entry, after, [size, etag], doubt) => {
    const scene = cloud({ p: state });
    scene.land(keyOf('p'), size, etag);
    scene.clock.move(after);
    const { attempts } = await pollOrphanedJobs(scene.deps, lateOf([entry]));
    const stays = doubt === 'stays';
    expect(attempts).toEqual(stays ? [entry] : []);
    expect(await noted(scene)).toEqual({
      records: stays ? [] : [['p', doubt]],
      indexed: doubt === false ? ['p'] : [],
    });
    expect(scene.logged('archive_arrived_late')).toHaveLength(doubt === false ? 1 : 0);
  });

  it.each<[string, Job['state'], OrphanedAttempt, number]>([
    ['a job that failed', 'failed', jobTry('p'), 0],
    ['a job that is given up', 'running', jobTry('p'), DAY],
    ['a key whose time is up', 'unknown', keyTry('p'), HOUR],
  ])('drops %s and has left nothing', async (_, state, entry, after) => {
    const scene = cloud({ p: state });
    scene.clock.move(after);
    expect((await pollOrphanedJobs(scene.deps, lateOf([entry]))).attempts).toEqual([]);
    expect(scene.lookups).toEqual([`head ${keyOf('p')}`]);
    expect(await noted(scene)).toEqual({ records: [], indexed: [] });
  });

  it('believes the one that ended well of two jobs of a try', async () => {
    const scene = cloud({ p: 'failed', q: 'succeeded' });
    const jobs = [...jobTry('p').jobs, ...jobTry('q').jobs];
    scene.land(keyOf('p'));
    await pollOrphanedJobs(scene.deps, lateOf([jobTry('p', { jobs })]));
    expect(await noted(scene)).toEqual({ records: [['p', false]], indexed: ['p'] });
  });

  it('goes by the jobs of a try alone', async () => {
    const scene = cloud({ p: 'succeeded', q: 'failed' });
    scene.land(keyOf('p'));
    scene.land(keyOf('q'));
    scene.land(keyOf('p', 2));
    const second = jobTry('p', { attempt: 2, jobs: jobTry('r').jobs });
    const { attempts } = await pollOrphanedJobs(
      scene.deps,
      lateOf([jobTry('p'), jobTry('q'), second]),
    );
    expect(attempts).toEqual([second]);
    expect((await noted(scene)).records).toEqual([
      ['p', false],
      ['q', true],
    ]);
  });

  it('looks at each of twenty keys, and at those alone that LIST shows of more', async () => {
    const keys = (count: number) => Array.from({ length: count }, (_, n) => keyTry(`p${n}`));
    const few = cloud();
    await pollOrphanedJobs(few.deps, lateOf(keys(20)));
    expect(few.lookups).toEqual(keys(20).map(({ phone_id }) => `head ${keyOf(phone_id)}`));
    const many = cloud();
    many.land(keyOf('p3'));
    const { attempts } = await pollOrphanedJobs(many.deps, lateOf(keys(21)));
    expect(many.lookups).toEqual([
      `list nightly/${RUN}/`,
      ...[`head ${keyOf('p3')}`, `tail ${keyOf('p3')}`],
    ]);
    expect(attempts).toEqual(keys(21).filter(({ phone_id }) => phone_id !== 'p3'));
    expect((await noted(many)).records).toEqual([['p3', false]]);
  });

  it('counts keys alone when it decides whether to list', async () => {
    const { deps, lookups } = cloud();
    const jobs = Array.from({ length: 20 }, (_, n) => jobTry(`p${n}`));
    await pollOrphanedJobs(deps, lateOf([...jobs, keyTry('q')]));
    expect(lookups).toEqual([`head ${keyOf('q')}`]);
  });

  it('gives up keys that LIST does not show when their time is up', async () => {
    const { deps, clock } = cloud();
    const keys = Array.from({ length: 21 }, (_, n) => keyTry(`p${n}`, T0 + (n === 0 ? 1 : 2)));
    clock.move(1);
    const { attempts } = await pollOrphanedJobs(deps, lateOf(keys));
    expect(attempts).toEqual(keys.slice(1));
  });
});
