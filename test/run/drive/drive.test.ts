import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import {
  readCredentialAlarm,
  writeCredentialAlarm,
} from '../../../lib/ledger/state/notified/notified.ts';
import { putMissed } from '../../../lib/ledger/hints/missed-slots.ts';
import { writeOrphanedJobs } from '../../../lib/ledger/run/orphaned-jobs.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { readLimits } from '../../../lib/ledger/state/limits.ts';
import { readUnreadable } from '../../../lib/ledger/state/notified/unreadable.ts';
import { appendLog, readLog } from '../../../lib/ledger/run/log/log.ts';
import { putRequest } from '../../../lib/ledger/run/request.ts';
import { readReport } from '../../../lib/ledger/run/report.ts';
import { driveWindow } from '../../../lib/run/drive/drive.ts';
import type { OpenRun } from '../../../lib/run/state/open-run.ts';
import { metricsOf } from '../../../lib/run/state/stored-run.ts';
import { fleet, phone } from '../../support/fleet.ts';
import { policyText } from '../../support/policy-text.ts';
import { refusal, temporaryError } from '../../support/run-scene.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../support/runs.ts';

import { OTHER, RUN, SECOND, skipped } from '../../support/drive-scene.ts';
import {
  driveWorld,
  type DriveWorld,
  missedSlots,
  orphanedJobOf,
} from '../../support/drive-world.ts';
import { useLightS3 } from '../../../testing/cloud/light-s3.ts';

useLightS3();

describe('the open work', () => {
  it.each<[string, (world: DriveWorld) => Promise<unknown>]>([
    ['nothing', async () => undefined],
    ['only hints of an unknown kind', ({ store }) => store.put(layout.hint('odd'), '{}')],
  ])('drive is idle and takes no lease when open/ holds %s', async (_, prepare) => {
    const world = driveWorld();
    await prepare(world);
    expect(await world.drive()).toEqual({ kind: 'idle', open: 0 });
    expect(await world.keys('state/')).toEqual([]);
    expect(world.lines).toEqual([]);
  });

  const run = ({ request }: DriveWorld) => request(RUN, [plannedPhone('p', skipped)]);
  const cancel = ({ store }: DriveWorld) => store.put(layout.cancel(RUN), '{}');
  const orphanedJob = async ({ store }: DriveWorld) =>
    writeOrphanedJobs(store, { ...orphanedJobOf(OTHER, 'p'), until: 0 });
  const hint = ({ store }: DriveWorld) => putMissed(store, missedSlots());

  it.each([
    ['a run', [run]],
    ['a run and a request to cancel it', [run, cancel]],
    ['a request to cancel a run that no longer exists', [cancel]],
    ['orphaned jobs', [orphanedJob]],
    ['orphaned jobs and a request to cancel', [cancel, orphanedJob]],
    ['a hint', [hint]],
    ['a hint and orphaned jobs', [orphanedJob, hint]],
  ])('drive works off %s and leaves open/ empty', async (_, prepare) => {
    const world = driveWorld();
    for (const one of prepare) await one(world);
    expect(await world.drive()).toEqual({ kind: 'worked', open: 0 });
    expect(await world.keys(layout.open)).toEqual([]);
  });
});

describe('the lease of drive', () => {
  it('is held while drive works and released at the end', async () => {
    const world = driveWorld();
    await world.request(RUN, [plannedPhone('p')]);
    let held: unknown;
    world.clock.at(T0 + 3 * SECOND, async () => (held = await world.lease()));
    await world.drive();
    expect(held).toMatchObject({ holder: 'a', expires_at: T0 + 90 * SECOND });
    expect(await world.lease()).toMatchObject({ holder: 'a', expires_at: 0 });
    expect(world.logged('lease_taken', 'lease_held')).toEqual([
      ['info', 'lease_taken', { epoch: 1 }],
    ]);
  });

  it('keeps a second drive from working', async () => {
    const world = driveWorld();
    await world.request(RUN, [plannedPhone('p')]);
    let second: unknown;
    world.clock.at(T0 + SECOND, async () => (second = await world.drive({ holder: 'b' })));
    await world.drive();
    expect(second).toEqual({ kind: 'lease_held', open: 1 });
    expect(world.exports).toHaveLength(1);
    expect(world.logged('lease_held')).toEqual([['info', 'lease_held', {}]]);
  });

  it('does not hide the error of the work when its release fails', async () => {
    const world = driveWorld();
    await world.request(RUN, [plannedPhone('p')]);
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
    await expect(world.drive()).rejects.toBe(odd);
    expect(odd.cause).toBe(away);
  });

  it('counts as lost when another drive writes to a run: drive ends without an error', async () => {
    const world = driveWorld();
    await world.request(RUN, [plannedPhone('p')]);
    const list = world.store.list;
    let lookups = 0;
    world.deps.store.list = async (prefix, options) => {
      if (prefix === layout.log(RUN) && (lookups += 1) === 2) {
        await appendLog(world.store, layout.logEntry(RUN, '0000000002-b', 1), []);
      }
      return list(prefix, options);
    };
    expect(await world.drive()).toEqual({ kind: 'worked', open: 1 });
    expect(world.exports).toEqual([]);
    const message = expect.stringContaining(RUN) as string;
    expect(world.logged('lease_lost')).toEqual([['warn', 'lease_lost', { message }]]);
  });
});

describe('refused credentials', () => {
  const noted = { since: T0, notified: true, drives: 3 };

  it('stop drives from calling services until retry_at', async () => {
    const world = driveWorld();
    for (const runId of [RUN, OTHER]) await world.request(runId, [plannedPhone('p', skipped)]);
    await writeCredentialAlarm(world.store, { ...noted, retry_at: T0 + 1 });
    expect(await world.drive()).toEqual({ kind: 'credentials_refused', open: 2 });
    expect(await world.lease()).toBeUndefined();
    world.clock.move(1);
    expect(await world.drive()).toEqual({ kind: 'worked', open: 0 });
  });

  it.each([
    ['accepts a call', 'cph', 'ok', undefined],
    ['refuses a call', 'cph', 'credentials_refused', noted],
    ['is not called', 'obs', 'ok', noted],
  ] as const)('count until CPH accepts a call: it %s', async (_, service, outcome, expected) => {
    const world = driveWorld();
    await world.request(RUN, [plannedPhone('p', skipped)]);
    await writeCredentialAlarm(world.store, { ...noted, retry_at: 0 });
    const { publish } = world.deps.topic;
    world.deps.topic.publish = (...args) => {
      world.deps.meter.call({ service, operation: 'x', attempt: 1, outcome, status: 200, ms: 1 });
      return publish(...args);
    };
    await world.drive();
    const alarm = await readCredentialAlarm(world.store);
    expect(alarm).toEqual(expected && { ...expected, retry_at: 0 });
  });

  it('end the drive, are recorded, and free the attempts that were not sent', async () => {
    const world = driveWorld();
    await world.request(RUN, [plannedPhone('p')]);
    const memory = new Map([[OTHER, openRun(OTHER, [])]]);
    const refused = new PhonevaultError('credentials_missing', 'no agency');
    world.deps.cph.batchStorage = () => Promise.reject(refused);
    await expect(world.drive({ memory })).rejects.toBe(refused);
    expect(await readCredentialAlarm(world.store)).toMatchObject({ drives: 1, retry_at: 0 });
    expect(world.logged('credentials_refused')).toMatchObject([
      ['error', 'credentials_refused', { code: 'credentials_missing' }],
    ]);
    expect((await readLog(world.store, RUN)).map(({ type }) => type)).toEqual(['intent', 'unsent']);
    expect(await world.lease()).toMatchObject({ expires_at: 0 });
    expect(memory.size).toBe(0);
  });

  it('do not stop the next drive after a first refusal', async () => {
    const world = driveWorld();
    await world.request(RUN, [plannedPhone('p', skipped)]);
    await writeCredentialAlarm(world.store, { ...noted, drives: 1, retry_at: 0 });
    expect(await world.drive()).toMatchObject({ kind: 'worked' });
  });

  it('are thrown even when writing to the ledger fails afterwards', async () => {
    const world = driveWorld();
    await world.request(RUN, [plannedPhone('p')]);
    const refused = new PhonevaultError('credentials_refused', 'refused');
    const away = new PhonevaultError('unreachable', 'no answer');
    const { put } = world.store;
    let isAway = false;
    world.deps.store.put = (key, body) => (isAway ? Promise.reject(away) : put(key, body));
    world.deps.cph.listJobs = async () => {
      isAway = true;
      throw refused;
    };
    await expect(world.drive()).rejects.toBe(refused);
    expect(refused.cause).toBe(away);
  });

  it('lose nothing that they keep from being written: the next drive of the instance writes it', async () => {
    const world = driveWorld(2 * MINUTE);
    await world.request(RUN, [plannedPhone('p')]);
    const memory = new Map<string, OpenRun>();
    const { put } = world.store;
    const refused = new PhonevaultError('credentials_refused', 'refused');
    world.deps.store.put = (key, body) =>
      key.startsWith(layout.log(RUN)) && body.includes('accepted')
        ? Promise.reject(refused)
        : put(key, body);
    await expect(world.drive({ memory })).rejects.toBe(refused);
    expect([...memory.keys()]).toEqual([RUN]);
    world.deps.store.put = put;
    world.clock.move(3 * MINUTE);
    await world.drive({ memory, until: world.clock.now() + MINUTE });
    const { phones } = (await readReport(world.store, RUN)) ?? {};
    expect(phones).toMatchObject([{ outcome: 'exported', attempts: 1 }]);
    expect((await readLog(world.store, RUN)).map(({ type }) => type)).toContain('accepted');
  });

  it('are not recorded for a programming error', async () => {
    const world = driveWorld();
    await world.request(RUN, [plannedPhone('p')]);
    const memory = new Map<string, OpenRun>();
    world.deps.cph.listJobs = () => Promise.reject(new TypeError('odd'));
    await expect(world.drive({ memory })).rejects.toThrow('odd');
    expect(await readCredentialAlarm(world.store)).toBeUndefined();
    expect(await world.lease()).toMatchObject({ expires_at: 0 });
    expect(memory.size).toBe(0);
  });
});

describe('drive', () => {
  it('exports, polls, verifies, reports, notifies and closes a run', async () => {
    const world = driveWorld();
    await world.request(RUN, [plannedPhone('p'), plannedPhone('q')]);
    expect(await world.drive()).toEqual({ kind: 'worked', open: 0 });
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

  it('writes the learned limits even when it fails', async () => {
    const world = driveWorld();
    await world.request(RUN, [plannedPhone('p'), plannedPhone('q')]);
    world.deps.cph.listJobs = () => Promise.reject(new TypeError('odd'));
    await world.drive().catch(() => undefined);
    expect(await readLimits(world.store)).toMatchObject({ accepted_size: 2, recent: [T0] });
  });

  it('applies the limits that an earlier drive learned', async () => {
    const world = driveWorld();
    await world.request(RUN, [plannedPhone('p'), plannedPhone('q')]);
    world.deps.cph.batchStorage = () => Promise.reject(refusal({ code: 'throttled', status: 429 }));
    await world.drive();
    const { blocked_until, recent } = await readLimits(world.store);
    // Three calls in a row were refused.
    expect(blocked_until).toBe(T0 + 3 * SECOND + 60_200);
    expect(await world.drive()).toEqual({ kind: 'worked', open: 1 });
    expect((await readLimits(world.store)).recent).toEqual(recent);
  });

  it('logs and ignores a failure to write the limits', async () => {
    const world = driveWorld();
    await world.request(RUN, [plannedPhone('p')]);
    const put = world.store.put;
    world.deps.store.put = async (key, body) => {
      if (key === layout.limits) throw temporaryError();
      await put(key, body);
    };
    expect(await world.drive()).toEqual({ kind: 'worked', open: 0 });
    const fields = { code: 'unreachable', message: 'no response' };
    expect(world.logged('limits_not_written')).toEqual([['warn', 'limits_not_written', fields]]);
  });

  it('writes no limits when it learned none', async () => {
    const world = driveWorld();
    await world.request(RUN, [plannedPhone('p', skipped)]);
    expect(await world.drive()).toEqual({ kind: 'worked', open: 0 });
    expect(await world.keys(layout.limits)).toEqual([]);
  });

  it('counts its time for the open runs', async () => {
    const world = driveWorld(2 * MINUTE);
    await world.request(RUN, [plannedPhone('p')]);
    const memory = new Map<string, OpenRun>();
    world.clock.at(T0 + 39 * SECOND, () => putMissed(world.store, missedSlots()));
    const { publish } = world.deps.topic;
    world.deps.topic.publish = async (...message) => {
      world.clock.move(30 * SECOND);
      return publish(...message);
    };
    await world.drive({ memory });
    const run = memory.get(RUN);
    expect(run && metricsOf(run, run.unwritten.metrics).function_ms).toBe(world.clock.now() - T0);
    expect(world.seconds()).toBeGreaterThan(60);
  });

  /** A phone whose first export takes 30 minutes, and whose response is lost. CPH is busy with it meanwhile. */
  async function lostAndBusy() {
    const world = driveWorld(30 * MINUTE);
    await world.request(RUN, [plannedPhone('p')]);
    const { batchStorage, listJobs } = world.deps.cph;
    let calls = 0;
    world.deps.cph.batchStorage = async (infos) => {
      calls += 1;
      if (calls === 1) {
        await batchStorage(infos);
        throw refusal({ carriedOut: 'unknown' });
      }
      if (world.clock.now() <= T0 + 30 * MINUTE) {
        return { request_id: `busy${calls}`, jobs: [{ phone_id: 'p', code: 'CPS.0042' }] };
      }
      return batchStorage(infos);
    };
    const { head, list } = world.deps.archives;
    Object.assign(world.deps.archives, {
      head: async (...args: Parameters<typeof head>) => (await listJobs(['r1']), head(...args)),
      list: async (...args: Parameters<typeof list>) => (await listJobs(['r1']), list(...args)),
    });
    return { world, sent: () => calls };
  }

  it('takes the archive of a lost job that runs longer than the watch, and exports the phone once', async () => {
    const { world, sent } = await lostAndBusy();
    await world.driveMinutes(90);
    expect(sent()).toBeGreaterThan(1);
    expect(world.exports).toHaveLength(1);
    const report = await readReport(world.store, RUN);
    expect(report?.phones).toMatchObject([{ outcome: 'exported', attempts: 1 }]);
    expect(report?.phones[0]?.key).toContain('p-1.tar');
  });

  it('exports such a phone again when its bucket has not answered for half an hour', async () => {
    const { world } = await lostAndBusy();
    const { head } = world.deps.archives;
    const isDown = (): boolean => world.clock.now() < T0 + 80 * MINUTE;
    const fail = () => Promise.reject(new PhonevaultError('unreachable', 'no answer'));
    world.deps.archives.head = (...args) => (isDown() ? fail() : head(...args));
    const { list } = world.deps.archives;
    world.deps.archives.list = (...args) => (isDown() ? fail() : list(...args));
    await world.driveMinutes(110);
    expect(world.exports).toHaveLength(2);
    expect((await readReport(world.store, RUN))?.counts).toMatchObject({ exported: 1, failed: 0 });
  });

  it('settles a run although every publish to the topic is slow and fails', async () => {
    const world = driveWorld();
    await world.request(RUN, [plannedPhone('p')]);
    for (let slot = 1; slot <= 6; slot += 1) await putMissed(world.store, missedSlots(slot));
    world.deps.topic.publish = async () => {
      await world.clock.sleep(10 * SECOND);
      throw temporaryError();
    };
    await world.drive();
    expect(await readReport(world.store, RUN)).toMatchObject({ outcome: 'completed' });
  });

  it('closes a settled run even when a killed drive appended to its log later', async () => {
    const world = driveWorld();
    await world.request(RUN, [plannedPhone('p')]);
    const own = { phone_id: 'p', attempt: 1 };
    const at = T0 - 2 * 60 * MINUTE;
    world.topic.fails = temporaryError();
    world.deps.cph.listJobs = async () => [{ job_id: 'j', phone_id: 'p', state: 'running' }];
    await appendLog(world.store, layout.logEntry(RUN, '0000000000-z', 1), [
      { type: 'accepted', at, ...own, job_id: 'j', request_id: 'r' },
    ]);
    expect(await world.drive()).toMatchObject({ open: 1 });
    expect(await readReport(world.store, RUN)).toMatchObject({ counts: { timed_out: 1 } });
    await appendLog(world.store, layout.logEntry(RUN, '0000000000-z', 2), [
      { type: 'ended', at: T0 - MINUTE, ...own, result: 'succeeded' },
    ]);
    world.topic.fails = undefined;
    await world.driveMinutes(3);
    expect(world.sent).toHaveLength(1);
    expect(await world.store.get(layout.request(RUN))).toBeUndefined();
  });

  it('exports the phones of other runs while the log of one cannot be written', async () => {
    const world = driveWorld();
    await world.request(RUN, [plannedPhone('p')]);
    await world.request(OTHER, [plannedPhone('q')]);
    const { put } = world.store;
    world.deps.store.put = async (key, body) => {
      if (key.startsWith(layout.log(RUN))) throw refusal({ code: 'access_denied', status: 403 });
      await put(key, body);
    };
    expect(await world.drive()).toEqual({ kind: 'worked', open: 1 });
    expect(world.exports).toEqual([[0, ['q']]]);
    expect(await readReport(world.store, OTHER)).toMatchObject({ outcome: 'completed' });
  });

  it.each(['a drive that remembers it', 'drives that remember nothing'])(
    'rests a run whose log cannot be written, tells once, and lets it go on later: %s',
    async (which) => {
      const world = driveWorld();
      await world.request(RUN, [plannedPhone('p')]);
      const { put } = world.store;
      let tries: number[] = [];
      world.deps.store.put = async (key, body) => {
        if (key.startsWith(layout.log(RUN))) {
          tries.push(Math.floor(world.seconds() / 60));
          throw refusal({ code: 'access_denied', status: 403 });
        }
        await put(key, body);
      };
      const memory = new Map<string, OpenRun>();
      const own = which.startsWith('a') ? { memory } : {};
      await world.driveMinutes(60, own);
      const drives = [...new Set(tries)];
      expect(drives.length).toBeLessThan(9);
      const pauses = drives.slice(1).map((minute, n) => minute - (drives[n] ?? 0));
      expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
      const object = { bucket: 'ledger', key: `vault/${layout.log(RUN)}` };
      expect(world.published).toMatchObject([
        { kind: 'unreadable', run_id: RUN, reason: 'object_unwritable', object },
      ]);
      expect(world.exports).toEqual([]);

      world.deps.store.put = put;
      tries = [];
      await world.driveMinutes(35, own);
      expect(await readReport(world.store, RUN)).toMatchObject({ outcome: 'completed' });
      expect(world.published).toMatchObject([{ kind: 'unreadable' }, { kind: 'settled' }]);
      expect((await readUnreadable(world.store)).size).toBe(0);
    },
  );

  it('keeps the phones of a run busy whose log cannot be written any more', async () => {
    const world = driveWorld(3 * MINUTE);
    await world.request(RUN, [plannedPhone('p')]);
    const { put } = world.store;
    let isRefused = false;
    world.deps.store.put = async (key, body) => {
      if (isRefused && key.startsWith(layout.log(RUN))) {
        throw refusal({ code: 'access_denied', status: 403 });
      }
      await put(key, body);
      isRefused ||= body.includes('"intent"');
    };
    await world.driveMinutes(1);
    await world.request(OTHER, [plannedPhone('p')]);
    await world.driveMinutes(3);
    expect(world.exports.map(([at]) => at)).toEqual([0]);
    await world.driveMinutes(30);
    expect(await readReport(world.store, OTHER)).toMatchObject({ outcome: 'completed' });
  });

  it('ends a run whose plan cannot be written, and says so', async () => {
    const world = driveWorld();
    await world.store.put(layout.policy('nightly'), policyText('nightly'));
    await putRequest(world.store, openRun(RUN, []).request);
    world.deps.cph.listPhones = fleet([phone('p')]).cph.listPhones;
    const { create } = world.store;
    world.deps.store.create = async (key, text) => {
      if (key === layout.plan(RUN)) throw refusal({ code: 'access_denied', status: 403 });
      return create(key, text);
    };
    await world.driveMinutes(125);
    expect(await world.keys(layout.open)).toEqual([]);
    const message = `runs/${RUN}/plan.json cannot be written: refused`;
    const failed = { outcome: 'failed', reason: 'access_denied', message };
    expect(await readReport(world.store, RUN)).toMatchObject(failed);
    expect(world.published).toMatchObject([
      { kind: 'settled', reason: 'access_denied', detail: message },
    ]);
  });

  it('keeps open runs in memory, so that the next drive reads only new log entries', async () => {
    const world = driveWorld(2 * MINUTE);
    await world.request(RUN, [plannedPhone('p')]);
    await world.request(OTHER, [plannedPhone('q', skipped)]);
    const memory = new Map<string, OpenRun>();
    await world.drive({ memory });
    expect([...memory.keys()]).toEqual([RUN]);
    const reads: string[] = [];
    const get = world.store.get;
    world.deps.store.get = (key) => (reads.push(key), get(key));
    world.clock.move(2 * MINUTE);
    await world.drive({ memory, until: T0 + 5 * MINUTE });
    expect(reads.filter((key) => key.startsWith(layout.log(RUN)))).toEqual([]);
    expect(memory.size).toBe(0);
    expect(await readReport(world.store, RUN)).toMatchObject({ outcome: 'completed' });
  });
});

describe('driveWindow', () => {
  it.each([
    [900, 50],
    [86_400, 50],
    [60, 50],
    [58, 50],
    [57, 49],
    [30, 22],
    [8, 0],
    [5, 0],
  ])('gives an invocation with %i s left %i s of work and a lease of 90 s', (left, work) => {
    expect(driveWindow(T0, left * SECOND)).toEqual({
      until: T0 + work * SECOND,
      ttlMs: 90 * SECOND,
    });
  });

  it('keeps a second drive out, whatever the time limit of the function is', async () => {
    for (const left of [60, 870, 900, 86_400]) {
      const world = driveWorld(600 * SECOND);
      await world.request(RUN, [plannedPhone('p')]);
      let second: string | undefined;
      world.clock.at(T0 + 20 * SECOND, async () => {
        second = (
          await world.drive({ ...driveWindow(world.clock.now(), left * SECOND), holder: 'b' })
        ).kind;
      });
      await world.drive(driveWindow(T0, left * SECOND));
      expect(second).toBe('lease_held');
    }
  });
});
