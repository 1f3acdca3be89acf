import { describe, expect, it } from 'vitest';
import type { Job, StorageInfo } from '../../../lib/cloud/cph/job.ts';
import { PhonevaultError } from '../../../lib/errors.ts';
import { readCredentialAlarm, writeCredentialAlarm } from '../../../lib/ledger/state/notified.ts';
import { putHeartbeat } from '../../../lib/ledger/hints/heartbeat.ts';
import { putMissed } from '../../../lib/ledger/hints/missed-slots.ts';
import { requestInventory } from '../../../lib/ledger/hints/inventory-request.ts';
import {
  type OrphanedJobs,
  readOrphanedJobs,
  writeOrphanedJobs,
} from '../../../lib/ledger/run/orphaned-jobs.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { readLease } from '../../../lib/ledger/lease.ts';
import { readLimits } from '../../../lib/ledger/state/limits.ts';
import { appendLog, readLog } from '../../../lib/ledger/run/log.ts';
import { type PlannedPhone, writePlan } from '../../../lib/ledger/run/plan.ts';
import { readReport } from '../../../lib/ledger/run/report.ts';
import { putRequest } from '../../../lib/ledger/run/request.ts';
import { putStale } from '../../../lib/ledger/hints/staleness.ts';
import { drive, type DriveOptions, driveWindow } from '../../../lib/run/drive/drive.ts';
import type { OpenRun } from '../../../lib/run/state/open-run.ts';
import { metricsOf } from '../../../lib/run/state/stored-run.ts';
import { phone } from '../../support/fleet.ts';
import { agendaClock } from '../../../testing/play-clock.ts';
import { refusal, runScene, temporaryError } from '../../support/run-scene.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../support/runs.ts';

const SECOND = 1_000;
const RUN = 'nightly-20260102t023000z';
const OTHER = 'weekly-20260102t023000z';
const skipped: Partial<PlannedPhone> = { verdict: { outcome: 'skipped', reason: 'stopped' } };

/** A cloud that exports each phone in so long (ms), and what it was asked for, by seconds from the beginning. */
function scene(exportMs = 10 * SECOND) {
  const clock = agendaClock(T0);
  const seconds = () => (clock.now() - T0) / SECOND;
  const sent: [at: number, ids: string[]][] = [];
  const polls: number[] = [];
  const jobs = new Map<string, { info: StorageInfo; request: string; endsAt: number }>();
  const world = runScene(
    {
      batchStorage: async (infos) => {
        sent.push([seconds(), infos.map(({ phone_id }) => phone_id)]);
        const request = `r${sent.length}`;
        const begun = infos.map((info) => {
          const job_id = `j-${info.phone_id}-${sent.length}`;
          jobs.set(job_id, { info, request, endsAt: clock.now() + exportMs });
          return { phone_id: info.phone_id, job_id };
        });
        return { request_id: request, jobs: begun };
      },
      listJobs: async (ids) => {
        polls.push(seconds());
        return [...jobs].flatMap(([job_id, { info, request, endsAt }]): Job[] => {
          if (!ids.includes(request)) return [];
          const over = clock.now() >= endsAt;
          if (over) world.land(info.object_path);
          return [{ job_id, phone_id: info.phone_id, state: over ? 'succeeded' : 'running' }];
        });
      },
    },
    clock,
  );
  const ask = async (runId: string, phones: PlannedPhone[]) => {
    const run = openRun(runId, phones);
    await putRequest(world.store, run.request);
    if (run.plan !== undefined) await writePlan(world.store, '0000000000-z', run.plan, phones);
  };
  const go = (options: Partial<DriveOptions> = {}) =>
    drive(world.deps, {
      ...{ until: T0 + 50 * SECOND, ttlMs: 90 * SECOND, holder: 'a' },
      ...options,
    });
  /** Drives minute by minute until nothing is open, at most so many minutes. */
  const minutes = async (most: number) => {
    for (let minute = 0; minute < most; minute += 1) {
      const begun = clock.now();
      if ((await go({ until: begun + 50 * SECOND })).open === 0) return;
      clock.move(begun + MINUTE - clock.now());
    }
  };
  const keys = async (prefix: string) => (await world.store.list(prefix)).map(({ key }) => key);
  const lease = (epoch = 1) => readLease(world.store, layout.lease(epoch));
  return { ...world, clock, seconds, exports: sent, polls, ask, go, minutes, keys, lease };
}

const missed = (n = 1): Parameters<typeof putMissed>[1] => {
  const stamp = `2026010${n}T000000Z`;
  return { policy: 'nightly', reason: 'too_late', first: stamp, last: stamp, slots: 1 };
};
const lateOf = (run_id: string, phone_id: string): OrphanedJobs => ({
  ...{ run_id, policy: 'nightly', bucket: 'backups', folder: 'nightly' },
  ...{ busy_until: T0 + 60 * MINUTE, until: T0 + 60 * MINUTE },
  attempts: [
    {
      ...{ phone_id, phone_name: '', server_id: 's9', attempt: 1 },
      jobs: [{ job_id: `late-${phone_id}`, request_id: `late-${phone_id}` }],
    },
  ],
});

describe('whether there is something to do', () => {
  it.each<[string, (world: ReturnType<typeof scene>) => Promise<unknown>]>([
    ['is nothing', async () => undefined],
    ['are hints that nobody knows', ({ store }) => store.put(layout.hint('odd'), '{}')],
  ])('not where there %s', async (_, prepare) => {
    const world = scene();
    await prepare(world);
    expect(await world.go()).toEqual({ kind: 'idle', open: 0 });
    expect(await world.keys('state/')).toEqual([]);
    expect(world.lines).toEqual([]);
  });

  const run = ({ ask }: ReturnType<typeof scene>) => ask(RUN, [plannedPhone('p', skipped)]);
  const cancel = ({ store }: ReturnType<typeof scene>) => store.put(layout.cancel(RUN), '{}');
  const late = async ({ store }: ReturnType<typeof scene>) =>
    writeOrphanedJobs(store, { ...lateOf(OTHER, 'p'), until: 0 });
  const hint = ({ store }: ReturnType<typeof scene>) => putMissed(store, missed());
  it.each([
    ['a run', [run]],
    ['a run and the wish to cancel it', [run, cancel]],
    ['a wish to cancel what is gone', [cancel]],
    ['a late job', [late]],
    ['a late job and a wish to cancel', [cancel, late]],
    ['a hint', [hint]],
    ['a hint and a late job', [late, hint]],
  ])('yes where there is %s, and then there is nothing', async (_, prepare) => {
    const world = scene();
    for (const one of prepare) await one(world);
    expect(await world.go()).toEqual({ kind: 'worked', open: 0 });
    expect(await world.keys(layout.open)).toEqual([]);
  });
});

describe('who drives', () => {
  it('holds the lease while it drives, and gives it back', async () => {
    const world = scene();
    await world.ask(RUN, [plannedPhone('p')]);
    let held: unknown;
    world.clock.at(T0 + 3 * SECOND, async () => (held = await world.lease()));
    await world.go();
    expect(held).toMatchObject({ holder: 'a', expires_at: T0 + 90 * SECOND });
    expect(await world.lease()).toMatchObject({ holder: 'a', expires_at: 0 });
    expect(world.logged('lease_taken', 'lease_held')).toEqual([
      ['info', 'lease_taken', { epoch: 1 }],
    ]);
  });

  it('does nothing while another holds the lease', async () => {
    const world = scene();
    await world.ask(RUN, [plannedPhone('p')]);
    let second: unknown;
    world.clock.at(T0 + SECOND, async () => (second = await world.go({ holder: 'b' })));
    await world.go();
    expect(second).toEqual({ kind: 'lease_held', open: 1 });
    expect(world.exports).toHaveLength(1);
    expect(world.logged('lease_held')).toEqual([['info', 'lease_held', {}]]);
  });

  it('throws the error of its work although the lease cannot be released', async () => {
    const world = scene();
    await world.ask(RUN, [plannedPhone('p')]);
    const [odd, away] = [new TypeError('odd'), temporaryError()];
    const { put } = world.store;
    let isAway = false;
    world.deps.store.put = async (key, body) => {
      if (isAway && key === layout.lease(1)) throw away;
      await put(key, body);
    };
    world.deps.cph.listJobs = async () => {
      isAway = true;
      throw odd;
    };
    await expect(world.go()).rejects.toBe(odd);
    expect(odd.cause).toBe(away);
  });

  it('ends when another drive writes to a run, and does not fail', async () => {
    const world = scene();
    await world.ask(RUN, [plannedPhone('p')]);
    const list = world.store.list;
    let lookups = 0;
    world.deps.store.list = async (prefix, options) => {
      if (prefix === layout.log(RUN) && (lookups += 1) === 2) {
        await appendLog(world.store, layout.logEntry(RUN, '0000000002-b', 1), []);
      }
      return list(prefix, options);
    };
    expect(await world.go()).toEqual({ kind: 'worked', open: 1 });
    expect(world.exports).toEqual([]);
    const message = expect.stringContaining(RUN) as string;
    expect(world.logged('lease_lost')).toEqual([['warn', 'lease_lost', { message }]]);
  });
});

describe('credentials that are refused', () => {
  const noted = { since: T0, notified: true, drives: 3 };

  it('have drives rest for a while', async () => {
    const world = scene();
    for (const runId of [RUN, OTHER]) await world.ask(runId, [plannedPhone('p', skipped)]);
    await writeCredentialAlarm(world.store, { ...noted, retry_at: T0 + 1 });
    expect(await world.go()).toEqual({ kind: 'credentials_refused', open: 2 });
    expect(await world.lease()).toBeUndefined();
    world.clock.move(1);
    expect(await world.go()).toEqual({ kind: 'worked', open: 0 });
    expect(await readCredentialAlarm(world.store)).toBeUndefined();
  });

  it('end the drive, are noted, and free what was not sent', async () => {
    const world = scene();
    await world.ask(RUN, [plannedPhone('p')]);
    const memory = new Map([[OTHER, openRun(OTHER, [])]]);
    const refused = new PhonevaultError('credentials_missing', 'no agency');
    world.deps.cph.batchStorage = () => Promise.reject(refused);
    await expect(world.go({ memory })).rejects.toBe(refused);
    expect(await readCredentialAlarm(world.store)).toMatchObject({ drives: 1, retry_at: 0 });
    expect(world.logged('credentials_refused')).toMatchObject([
      ['error', 'credentials_refused', { code: 'credentials_missing' }],
    ]);
    expect((await readLog(world.store, RUN)).map(({ type }) => type)).toEqual(['intent', 'unsent']);
    expect(await world.lease()).toMatchObject({ expires_at: 0 });
    expect(memory.size).toBe(0);
  });

  it('that were refused once do not keep the next drive from working', async () => {
    const world = scene();
    await world.ask(RUN, [plannedPhone('p', skipped)]);
    await writeCredentialAlarm(world.store, { ...noted, drives: 1, retry_at: 0 });
    expect(await world.go()).toMatchObject({ kind: 'worked' });
    expect(await readCredentialAlarm(world.store)).toBeUndefined();
  });

  it('are what the drive throws although nothing can be written after them', async () => {
    const world = scene();
    await world.ask(RUN, [plannedPhone('p')]);
    const refused = new PhonevaultError('credentials_refused', 'refused');
    const away = new PhonevaultError('unreachable', 'no answer');
    const { put } = world.store;
    let isAway = false;
    world.deps.store.put = (key, body) => (isAway ? Promise.reject(away) : put(key, body));
    world.deps.cph.listJobs = async () => {
      isAway = true;
      throw refused;
    };
    await expect(world.go()).rejects.toBe(refused);
    expect(refused.cause).toBe(away);
  });

  it('are not what a mistake of our own is taken for', async () => {
    const world = scene();
    await world.ask(RUN, [plannedPhone('p')]);
    const memory = new Map<string, OpenRun>();
    world.deps.cph.listJobs = () => Promise.reject(new TypeError('odd'));
    await expect(world.go({ memory })).rejects.toThrow('odd');
    expect(await readCredentialAlarm(world.store)).toBeUndefined();
    expect(await world.lease()).toMatchObject({ expires_at: 0 });
    expect(memory.size).toBe(0);
  });
});

describe('a drive', () => {
  it('exports, follows, verifies, reports, tells and closes a run', async () => {
    const world = scene();
    await world.ask(RUN, [plannedPhone('p'), plannedPhone('q')]);
    expect(await world.go()).toEqual({ kind: 'worked', open: 0 });
    expect(world.exports).toEqual([[0, ['p', 'q']]]);
    expect(world.polls).toEqual([3, 6, 9, 12]);
    expect(world.seconds()).toBe(12);
    expect(await readReport(world.store, RUN)).toMatchObject({
      outcome: 'completed',
      metrics: { function_ms: 12 * SECOND },
    });
    expect(world.sent).toHaveLength(1);
    expect(await world.keys(layout.open)).toEqual([]);
  });

  it('begins nothing after its time, and leaves what is open to the next', async () => {
    const world = scene(2 * MINUTE);
    await world.ask(RUN, [plannedPhone('p')]);
    expect(await world.go()).toEqual({ kind: 'worked', open: 1 });
    expect(world.polls[0]).toBe(3);
    const gaps = world.polls.slice(1).map((at, n) => at - (world.polls[n] ?? 0));
    expect(gaps).toEqual([...gaps].sort((a, b) => a - b));
    expect(world.polls.length).toBeLessThan(12);
    expect(world.seconds()).toBeLessThan(50);
    expect(Math.max(...world.polls)).toBeLessThan(50);
    world.clock.move(2 * MINUTE);
    expect(await world.go({ until: T0 + 5 * MINUTE })).toEqual({ kind: 'worked', open: 0 });
    expect(world.exports).toHaveLength(1);
  });

  it('does nothing that falls due when its time is up, and writes down what it has seen before', async () => {
    const world = scene();
    await world.ask(RUN, [plannedPhone('p')]);
    const { listJobs } = world.deps.cph;
    world.deps.cph.listJobs = async (ids) => (await listJobs(ids)).slice(1);
    expect(await world.go({ until: T0 + 6 * SECOND })).toEqual({ kind: 'worked', open: 1 });
    expect(world.polls).toEqual([3]);
    const types = (await readLog(world.store, RUN)).map(({ type }) => type);
    expect(types).toEqual(['intent', 'accepted', 'unlisted']);
  });

  it('does nothing that fell due before its time was up, once it is', async () => {
    const world = scene();
    await world.ask(RUN, [plannedPhone('p', { waiting: true })]);
    await putMissed(world.store, missed());
    const shown: number[] = [];
    world.deps.cph.showPhone = async (id) => {
      shown.push(world.seconds());
      return phone(id, { status: 'creating' });
    };
    const { publish } = world.deps.topic;
    world.deps.topic.publish = async (...message) => {
      world.clock.move(50 * SECOND);
      return publish(...message);
    };
    expect(await world.go()).toEqual({ kind: 'worked', open: 1 });
    expect(shown).toEqual([0]);
  });

  it('declares and sends nothing, tells and reads nothing when its time is up', async () => {
    const world = scene();
    await world.ask(RUN, [plannedPhone('p')]);
    await putMissed(world.store, missed());
    expect(await world.go({ until: T0 })).toEqual({ kind: 'worked', open: 1 });
    expect(await readLog(world.store, RUN)).toEqual([]);
    expect(world.sent).toEqual([]);
    expect(world.seconds()).toBe(0);
  });

  it('takes up what is asked for meanwhile, every ten seconds', async () => {
    const world = scene(25 * SECOND);
    await world.ask(RUN, [plannedPhone('p')]);
    world.clock.at(T0 + 5 * SECOND, () => world.ask(OTHER, [plannedPhone('q')]));
    world.clock.at(T0 + 11 * SECOND, () => world.ask('third-1', [plannedPhone('r')]));
    await world.go();
    expect(world.exports).toEqual([
      [0, ['p']],
      [10, ['q']],
      [20, ['r']],
    ]);
  });

  it('cancels a run when that is wished meanwhile', async () => {
    const world = scene();
    await world.ask(RUN, [plannedPhone('p'), plannedPhone('q', { waiting: true })]);
    world.deps.cph.showPhone = async (id) => phone(id, { status: 'creating' });
    world.clock.at(T0 + 5 * SECOND, () => world.store.put(layout.cancel(RUN), '{}'));
    await world.go();
    const { counts } = (await readReport(world.store, RUN)) ?? {};
    expect(counts).toMatchObject({ exported: 1, cancelled: 1 });
  });

  it('looks at the jobs again after twenty seconds where a look failed', async () => {
    const world = scene();
    await world.ask(RUN, [plannedPhone('p')]);
    const { listJobs } = world.deps.cph;
    const tried: number[] = [];
    world.deps.cph.listJobs = (ids) => {
      tried.push(world.seconds());
      return tried.length === 1 ? Promise.reject(temporaryError()) : listJobs(ids);
    };
    await world.go();
    expect(tried).toEqual([3, 23]);
    expect(await world.keys(layout.open)).toEqual([]);
  });

  it('goes on though a window cannot be declared', async () => {
    const world = scene();
    await world.ask(RUN, [plannedPhone('p')]);
    const put = world.store.put;
    let refusals = 1;
    world.deps.store.put = async (key, body) => {
      if (key.startsWith(layout.log(RUN)) && refusals-- > 0) throw temporaryError();
      await put(key, body);
    };
    expect(await world.go()).toEqual({ kind: 'worked', open: 0 });
    expect(world.logged('step_failed')).toHaveLength(1);
  });

  it('keeps what it has learned of the limits, also when it fails', async () => {
    const world = scene();
    await world.ask(RUN, [plannedPhone('p'), plannedPhone('q')]);
    world.deps.cph.listJobs = () => Promise.reject(new TypeError('odd'));
    await world.go().catch(() => undefined);
    expect(await readLimits(world.store)).toMatchObject({ accepted_size: 2, recent: [T0] });
  });

  it('goes by what was learned of the limits before', async () => {
    const world = scene();
    await world.ask(RUN, [plannedPhone('p'), plannedPhone('q')]);
    world.deps.cph.batchStorage = () => Promise.reject(refusal({ code: 'throttled', status: 429 }));
    await world.go();
    const { calls_per_minute, blocked_until } = await readLimits(world.store);
    expect([calls_per_minute, blocked_until]).toEqual([4, T0 + 61 * SECOND]);
    expect(await world.go()).toEqual({ kind: 'worked', open: 1 });
    expect((await readLimits(world.store)).recent).toEqual([T0]);
  });

  it('logs limits that cannot be written, and does not fail', async () => {
    const world = scene();
    await world.ask(RUN, [plannedPhone('p')]);
    const put = world.store.put;
    world.deps.store.put = async (key, body) => {
      if (key === layout.limits) throw temporaryError();
      await put(key, body);
    };
    expect(await world.go()).toEqual({ kind: 'worked', open: 0 });
    const fields = { code: 'unreachable', message: 'no answer' };
    expect(world.logged('limits_not_written')).toEqual([['warn', 'limits_not_written', fields]]);
  });

  it('writes no limits when it learned nothing', async () => {
    const world = scene();
    await world.ask(RUN, [plannedPhone('p', skipped)]);
    expect(await world.go()).toEqual({ kind: 'worked', open: 0 });
    expect(await world.keys(layout.limits)).toEqual([]);
  });

  it('counts its time for the runs that are open', async () => {
    const world = scene(2 * MINUTE);
    await world.ask(RUN, [plannedPhone('p')]);
    const memory = new Map<string, OpenRun>();
    world.clock.at(T0 + 39 * SECOND, () => putMissed(world.store, missed()));
    const { publish } = world.deps.topic;
    world.deps.topic.publish = async (...message) => {
      world.clock.move(30 * SECOND);
      return publish(...message);
    };
    await world.go({ memory });
    const run = memory.get(RUN);
    expect(run && metricsOf(run, run.unwritten.metrics).function_ms).toBe(world.clock.now() - T0);
    expect(world.seconds()).toBeGreaterThan(60);
  });

  it('exports a phone whose job runs longer than a lost response is watched', async () => {
    const world = scene(30 * MINUTE);
    await world.ask(RUN, [plannedPhone('p')]);
    const { batchStorage, listJobs } = world.deps.cph;
    let calls = 0;
    world.deps.cph.batchStorage = async (infos) => {
      calls += 1;
      if (calls === 1) {
        await batchStorage(infos);
        throw refusal({ carriedOut: 'unknown' });
      }
      if (world.clock.now() < T0 + 30 * MINUTE) {
        return { request_id: `busy${calls}`, jobs: [{ phone_id: 'p', error_code: 'CPS.0042' }] };
      }
      return batchStorage(infos);
    };
    world.clock.at(T0 + 30 * MINUTE, () => listJobs(['r1']));
    await world.minutes(90);
    expect(calls).toBeGreaterThan(1);
    const report = await readReport(world.store, RUN);
    expect(report?.counts).toMatchObject({ exported: 1, failed: 0 });
  });

  it('settles a run though the topic hangs and several slots were missed', async () => {
    const world = scene();
    await world.ask(RUN, [plannedPhone('p')]);
    for (let slot = 1; slot <= 6; slot += 1) await putMissed(world.store, missed(slot));
    world.deps.topic.publish = async () => {
      await world.clock.sleep(10 * SECOND);
      throw temporaryError();
    };
    await world.go();
    expect(await readReport(world.store, RUN)).toMatchObject({ outcome: 'completed' });
  });

  it('closes a settled run, whatever a dead drive wrote to its log last', async () => {
    const world = scene();
    await world.ask(RUN, [plannedPhone('p')]);
    const own = { phone_id: 'p', attempt: 1 };
    const at = T0 - 2 * 60 * MINUTE;
    world.topic.fails = temporaryError();
    world.deps.cph.listJobs = async () => [{ job_id: 'j', phone_id: 'p', state: 'running' }];
    await appendLog(world.store, layout.logEntry(RUN, '0000000000-z', 1), [
      { type: 'accepted', at, ...own, job_id: 'j', request_id: 'r' },
    ]);
    expect(await world.go()).toMatchObject({ open: 1 });
    expect(await readReport(world.store, RUN)).toMatchObject({ counts: { timed_out: 1 } });
    await appendLog(world.store, layout.logEntry(RUN, '0000000000-z', 2), [
      { type: 'ended', at: T0 - MINUTE, ...own, result: 'succeeded' },
    ]);
    world.topic.fails = undefined;
    await world.minutes(3);
    expect(world.sent).toHaveLength(1);
    expect(await world.store.get(layout.request(RUN))).toBeUndefined();
  });

  it('remembers the runs that it leaves open, and reads only what is new in their logs', async () => {
    const world = scene(2 * MINUTE);
    await world.ask(RUN, [plannedPhone('p')]);
    await world.ask(OTHER, [plannedPhone('q', skipped)]);
    const memory = new Map<string, OpenRun>();
    await world.go({ memory });
    expect([...memory.keys()]).toEqual([RUN]);
    const reads: string[] = [];
    const get = world.store.get;
    world.deps.store.get = (key) => (reads.push(key), get(key));
    world.clock.move(2 * MINUTE);
    await world.go({ memory, until: T0 + 5 * MINUTE });
    expect(reads.filter((key) => key.startsWith(layout.log(RUN)))).toEqual([]);
    expect(memory.size).toBe(0);
    expect(await readReport(world.store, RUN)).toMatchObject({ outcome: 'completed' });
  });
});

describe('jobs that outlived their runs', () => {
  /** A scene with late jobs of two runs and one run open; `asked`: by second, for which late jobs. */
  async function withLates(state: (id: string, seconds: number) => Job['state']) {
    const world = scene(35 * SECOND);
    await writeOrphanedJobs(world.store, lateOf('old-1', 'p'));
    await writeOrphanedJobs(world.store, lateOf('old-2', 'q'));
    const asked: [number, string][] = [];
    const { listJobs } = world.deps.cph;
    world.deps.cph.listJobs = async (ids) => {
      const [id = ''] = ids;
      if (!id.startsWith('late-')) return listJobs(ids);
      asked.push([world.seconds(), id]);
      return [{ job_id: id, state: state(id, world.seconds()) }];
    };
    return { ...world, asked };
  }

  it('are looked at every half minute while a run is open, until they end', async () => {
    const world = await withLates((id) => (id === 'late-p' ? 'failed' : 'running'));
    await world.ask(RUN, [plannedPhone('r')]);
    await world.go();
    expect(world.asked).toEqual([
      [0, 'late-p'],
      [0, 'late-q'],
      [30, 'late-q'],
    ]);
    expect(await readOrphanedJobs(world.store, 'old-1')).toBeUndefined();
    expect(await readOrphanedJobs(world.store, 'old-2')).toBeDefined();
  });

  it('are looked at from when their run was settled on', async () => {
    const world = scene(25 * SECOND);
    await world.ask(OTHER, [plannedPhone('q')]);
    await world.ask(RUN, [plannedPhone('p')]);
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
      lookups.push([world.seconds(), isSettled ? 'late' : 'open']);
      return [...(await listJobs(ids)), { job_id: 'j-old', phone_id: 'p', state: 'running' }];
    };
    await world.go();
    expect(lookups).toEqual([
      [0, 'open'],
      [3, 'open'],
      [6, 'open'],
      [6, 'late'],
    ]);
    expect(await readOrphanedJobs(world.store, RUN)).toMatchObject({
      attempts: [{ phone_id: 'p' }],
    });
  });

  it('are looked at once where no run is open', async () => {
    const world = await withLates(() => 'running');
    expect(await world.go()).toEqual({ kind: 'worked', open: 0 });
    expect(world.asked).toHaveLength(2);
    expect(world.seconds()).toBe(0);
  });

  it('are all looked at though one look fails, and that one again', async () => {
    const world = await withLates((id, at) => {
      if (id === 'late-p' && at === 0) throw temporaryError();
      return 'failed';
    });
    await world.ask(RUN, [plannedPhone('r')]);
    await world.go();
    expect(world.asked).toEqual([
      [0, 'late-p'],
      [0, 'late-q'],
      [30, 'late-p'],
    ]);
    expect(world.logged('step_failed')).toHaveLength(1);
  });

  it('keep their phones from other runs in the drive that settles their run, too', async () => {
    const world = scene(25 * SECOND);
    await world.ask(RUN, [plannedPhone('p')]);
    await world.ask(OTHER, [plannedPhone('p'), plannedPhone('q')]);
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
    await world.go();
    expect(await readReport(world.store, RUN)).toMatchObject({ counts: { timed_out: 1 } });
    expect(world.exports).toEqual([[0, ['q']]]);
  });

  it('keep their phones from being exported until they end', async () => {
    const world = await withLates((_, at) => (at === 0 ? 'running' : 'failed'));
    await world.ask(RUN, [plannedPhone('p'), plannedPhone('r')]);
    await world.go();
    expect(world.exports).toEqual([
      [0, ['r']],
      [30, ['p']],
    ]);
  });
});

describe('hints', () => {
  const POLICY = `
name: nightly
select: { name: "*" }
export: { include: [/data/data], bucket: my-phone-backups, object_path: "{policy}" }
`;
  const kinds = ({ sent }: ReturnType<typeof scene>) =>
    sent.map(({ message }) => message.message_attributes[0]?.value);
  const day = {
    slot: T0,
    since: T0 - 24 * 60 * MINUTE,
    date: '20260102',
    language: 'en' as const,
    timezone: 'UTC',
  };

  it('are told, each once', async () => {
    const world = scene(25 * SECOND);
    await world.ask(RUN, [plannedPhone('p')]);
    await putStale(world.store, { policy: 'weekly', since: T0 - MINUTE });
    await putHeartbeat(world.store, day);
    await putMissed(world.store, missed());
    world.clock.at(T0 + 5 * SECOND, () => putMissed(world.store, missed(2)));
    await world.go();
    expect(kinds(world)).toEqual(['stale', 'missed', 'heartbeat', 'missed', 'settled']);
    expect(await world.keys(layout.hints)).toEqual([]);
  });

  it.each([
    ['stale', 'stale-nightly-', ['missed', 'heartbeat']],
    ['missed', 'missed-nightly-', ['stale', 'missed', 'heartbeat']],
    ['heartbeat', 'heartbeat-', ['stale', 'missed']],
  ])('are told though the ledger fails at one that is %s', async (kind, prefix, expected) => {
    const world = scene();
    await putStale(world.store, { policy: 'nightly', since: T0 - MINUTE });
    await putMissed(world.store, missed());
    await putHeartbeat(world.store, day);
    const { get, remove } = world.store;
    const isOne = (key: string) => key.startsWith(`${layout.hints}${prefix}`);
    const fails = kind === 'missed' ? 'remove' : 'get';
    world.deps.store.get = async (key) => {
      if (fails === 'get' && isOne(key)) throw temporaryError();
      return get(key);
    };
    world.deps.store.remove = async (keys) => {
      if (fails === 'remove' && keys.some(isOne)) throw temporaryError();
      return remove(keys);
    };
    expect(await world.go()).toEqual({ kind: 'worked', open: 0 });
    expect(kinds(world)).toEqual(expected);
    expect(world.logged('step_failed')).toHaveLength(1);
    expect(await world.keys(layout.hints)).toHaveLength(1);
  });

  /** A fleet of 600 phones is to be read anew, a page of which takes four seconds. */
  async function reading() {
    const world = scene(20 * SECOND);
    const pages: number[] = [];
    world.deps.cph.listPhones = async ({ offset, limit }) => {
      pages.push(world.seconds());
      world.clock.move(4 * SECOND);
      const ids = Array.from({ length: Math.min(limit, 600 - offset) }, (_, n) => offset + n);
      return { count: 600, phones: ids.map((n) => phone(`p${n}`)) };
    };
    await world.store.put(layout.policy('nightly'), POLICY);
    await requestInventory(world.store, { policy: 'nightly', requested_at: T0 });
    return { ...world, pages };
  }

  it('have a fleet read to its end, ten seconds at a time', async () => {
    const world = await reading();
    await world.ask(RUN, [plannedPhone('p')]);
    await world.go();
    expect(world.pages.slice(0, 7)).toEqual([0, 4, 8, 12, 16, 20, 24]);
    expect(world.exports).toEqual([[0, ['p']]]);
    expect(world.polls).toEqual([12, 24]);
    expect(world.logged('inventory_read')).toHaveLength(1);
    expect(await world.keys(layout.hints)).toEqual([]);
  });

  it('have a fleet read no longer than there is time, and the rest is left to the next drive', async () => {
    const world = await reading();
    await world.go({ until: T0 + 6 * SECOND });
    expect(world.pages).toEqual([0, 4]);
    expect(await world.keys(layout.hints)).toHaveLength(1);
    await world.go();
    expect(world.pages).toHaveLength(7);
    expect(await world.keys(layout.hints)).toEqual([]);
  });
});

describe('driveWindow', () => {
  it.each([
    [900, 50, 930],
    [60, 50, 90],
    [58, 50, 88],
    [57, 49, 87],
    [30, 22, 80],
    [8, 0, 80],
    [5, 0, 80],
  ])(
    'of an invocation with %i seconds left works for %i, under a lease of %i',
    (left, work, ttl) => {
      expect(driveWindow(T0, left * SECOND)).toEqual({
        until: T0 + work * SECOND,
        ttlMs: ttl * SECOND,
      });
    },
  );
});
