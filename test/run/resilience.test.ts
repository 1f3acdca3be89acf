import { describe, expect, it } from 'vitest';
import { ServiceError } from '../../lib/errors.ts';
import type { RunEvent } from '../../lib/ledger/run/events.ts';
import { noteSettled, readHistory } from '../../lib/ledger/state/history.ts';
import { putMissed } from '../../lib/ledger/hints/hints.ts';
import { type OrphanedJobs, readOrphanedJobs } from '../../lib/ledger/run/orphaned-jobs.ts';
import { appendLog, readLog } from '../../lib/ledger/run/log.ts';
import { layout } from '../../lib/ledger/store/layout.ts';
import { carefulLimits } from '../../lib/ledger/state/limits.ts';
import { memoryStore } from '../../lib/ledger/store/memory-store.ts';
import { putRequest } from '../../lib/ledger/run/request.ts';
import type { RunDeps } from '../../lib/run/deps.ts';
import { drive, driveWindow } from '../../lib/run/drive/drive.ts';
import { pollJobs } from '../../lib/run/export/poll-jobs.ts';
import { pollOrphanedJobs } from '../../lib/run/settle/orphaned-jobs.ts';
import { composeMessage } from '../../lib/run/notify/compose.ts';
import { callsAllowed } from '../../lib/run/export/rate-limit.ts';
import { schedule, type ScheduleMemory } from '../../lib/run/schedule/schedule.ts';
import { createWriter, record, steps } from '../../lib/run/state/open-run.ts';
import { submitWindow } from '../../lib/run/export/submit.ts';
import { type Night, night, NIGHTLY } from '../../testing/night.ts';
import { playClock } from '../../testing/play-clock.ts';
import { openRun, plannedPhone, T0 } from '../support/runs.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

type Options = Parameters<typeof night>[0];

async function small(text = NIGHTLY, options: Options = {}): Promise<Night> {
  const world = await night({ phones: 6, servers: 3, seed: 3, ...options });
  await world.putPolicy(text);
  return world;
}

/** One drive of a cold instance, its dependencies changed. */
async function driveAs(
  world: Night,
  change: (deps: RunDeps) => Partial<RunDeps> = () => ({}),
): Promise<void> {
  const { deps, timeLeft, holder } = world.invocation();
  const window = driveWindow(deps.clock.now(), timeLeft());
  await drive({ ...deps, ...change(deps) }, { ...window, holder });
}

/** Drives minute by minute, cold, with changed dependencies. */
async function minutes(world: Night, count: number, change?: (deps: RunDeps) => Partial<RunDeps>) {
  for (let minute = 0; minute < count; minute += 1) {
    const next = world.clock.now() + MINUTE;
    await driveAs(world, change);
    if (world.clock.now() < next) world.clock.move(next - world.clock.now());
  }
}

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

const notCarriedOut = (status?: number, serviceCode?: string) =>
  new ServiceError('unreachable', 'cph batch-storage: no answer', {
    service: 'cph',
    operation: 'batch-storage',
    status,
    serviceCode,
    carriedOut: 'no',
  });

describe('submit', () => {
  it.each([
    ['a name that does not resolve', undefined, undefined],
    ['a gateway that cannot reach IAM', 503, 'APIGW.0613'],
  ])('tries again after %s', async (_, status, code) => {
    const world = await small();
    const runId = await world.ask();
    let refusals = 1;
    await driveAs(world, ({ cph }) => ({
      cph: {
        ...cph,
        batchStorage: async (infos) => {
          if (refusals-- > 0) throw notCarriedOut(status, code);
          return cph.batchStorage(infos);
        },
      },
    }));
    const { report } = await world.settle(runId);
    expect(report.counts).toMatchObject({ exported: 6, failed: 0 });
  });

  it('finds the one phone that refuses its calls, however few calls a minute it has', async () => {
    const world = await small();
    const runId = await world.ask();
    const culprit = (await world.cloud.control.phones()).map((p) => p.phone_id).sort()[0] ?? '';
    const { store } = world.invocation().deps;
    await store.put(layout.limits, JSON.stringify({ ...carefulLimits, calls_per_minute: 2 }));
    await minutes(world, 30, ({ cph }) => ({
      cph: {
        ...cph,
        batchStorage: async (infos) => {
          if (!infos.some((info) => info.phone_id === culprit)) return cph.batchStorage(infos);
          throw new ServiceError('service', 'refused', {
            service: 'cph',
            operation: 'batch-storage',
            status: 400,
            serviceCode: 'CPS.0005',
            carriedOut: 'no',
          });
        },
      },
    }));
    const report = await store.get(layout.report(runId));
    expect(report?.body).toContain('"exported":5,"failed":1');
  });
});

describe('submitWindow', () => {
  it('closes the windows of all runs though the log of one cannot be written', async () => {
    const clock = playClock(T0);
    const store = memoryStore(clock);
    let puts = 0;
    const put: typeof store.put = async (key, body) => {
      if ((puts += 1) === 3) throw notCarriedOut(503, 'SlowDown');
      await store.put(key, body);
    };
    const first = openRun('nightly-1', [plannedPhone('p1')]);
    const second = openRun('weekly-1', [plannedPhone('p2')]);
    const throttled = async (): Promise<never> => {
      throw new ServiceError('throttled', 'slow down', {
        service: 'cph',
        operation: 'batch-storage',
        status: 429,
        carriedOut: 'no',
      });
    };
    const deps = { clock, store: { ...store, put }, cph: { batchStorage: throttled }, log: silent };
    const session = {
      writer: createWriter('0000000001-a'),
      limits: carefulLimits,
      inFlight: [],
      until: T0 + MINUTE,
    };
    await submitWindow(deps as unknown as RunDeps, [first, second], session).catch(() => undefined);
    const next = [first, second].flatMap((run) => steps(run, T0)).map(({ step }) => step.kind);
    expect(next).toEqual(['submit', 'submit']);
  });
});

describe('follow', () => {
  it('does not take an earlier job of the phone for the one that an answer left out', async () => {
    const run = openRun('nightly-1', [plannedPhone('p1'), plannedPhone('p2')]);
    const job = { job_id: 'j1', request_id: 'r1' };
    record(run, [
      { type: 'accepted', at: T0, phone_id: 'p1', attempt: 1, ...job },
      { type: 'accepted', at: T0, phone_id: 'p2', attempt: 1, job_id: 'j2', request_id: 'r1' },
      { type: 'ended', at: T0 + 1, phone_id: 'p1', attempt: 1, result: 'failed', code: 'CPS.0054' },
      { type: 'outcome_unknown', at: T0 + 2, phone_id: 'p1', attempt: 2, request_id: 'r2' },
    ]);
    const listed = [
      { job_id: 'j1', phone_id: 'p1', state: 'failed', code: 'CPS.0054' },
      { job_id: 'j2', phone_id: 'p2', state: 'running' },
    ];
    const cph = { listJobs: async () => listed } as unknown as RunDeps['cph'];
    await pollJobs({ cph, clock: playClock(T0 + MINUTE) }, [run], { limits: carefulLimits });
    const [first] = steps(run, T0 + MINUTE);
    expect(first?.step.kind).toBe('watch');
  });

  it('does not give up a job that one answer left out and the next shows running', async () => {
    const world = await small(NIGHTLY, { timings: { exportBase: 20 * MINUTE } });
    const runId = await world.ask();
    let outOnce = false;
    const started = world.clock.now();
    await minutes(world, 40, ({ cph, clock }) => ({
      cph: {
        ...cph,
        listJobs: async (ids) => {
          if (!outOnce && clock.now() > started + 4 * MINUTE) return ((outOnce = true), []);
          return cph.listJobs(ids);
        },
      },
    }));
    const { report, phones } = await world.settle(runId);
    expect(report.counts.exported).toBe(6);
    expect(phones.map((phone) => phone.attempts)).toEqual(phones.map(() => 1));
  });

  it('looks at a job before it says that its time ran out', async () => {
    const world = await small();
    const runId = await world.ask();
    for (let call = 10; ; call += 1) {
      await world.driveKilled(call, 'after');
      world.clock.move(2 * MINUTE);
      if ((world.cloud.control.calls().cph?.['batch-storage']?.ok ?? 0) > 0) break;
    }
    world.clock.move(3 * HOUR);
    const { report } = await world.settle(runId);
    expect(report.counts).toMatchObject({ exported: 6, timed_out: 0 });
  });

  it('takes the archive of a lost answer that lands after the watch', async () => {
    const world = await small(NIGHTLY, { timings: { exportBase: 8 * MINUTE } });
    const runId = await world.ask();
    const fault = { service: 'cph', operation: 'batch-storage' };
    world.cloud.control.addFault({ ...fault, kind: 'drop_answer', times: 1 });
    const { report } = await world.settle(runId);
    expect(report.counts).toMatchObject({ exported: 6, failed: 0 });
  });
});

describe('a long export after a lost answer', () => {
  it('is found though the short ones taught a short watch', async () => {
    const world = await night({
      phones: 12,
      servers: 3,
      seed: 3,
      limits: { storageInfosPerCall: 20, exportsPerServer: 8 },
    });
    await world.putPolicy(NIGHTLY);
    const fleet = world.cloud.world.fleet.order;
    const [long] = [...fleet].sort((a, b) => (a.id < b.id ? -1 : 1));
    if (long !== undefined) long.dataBytes = 25_000_000_000;
    const fault = { service: 'cph', operation: 'batch-storage' };
    world.cloud.control.addFault({ ...fault, kind: 'drop_answer', times: 1 });
    const { report } = await world.settle(await world.ask());
    expect(report.counts).toMatchObject({ exported: 12, failed: 0 });
  });
});

describe('after drives stood still', () => {
  const own = { phone_id: 'p1', attempt: 1 };
  const accepted = { type: 'accepted', at: T0, ...own, job_id: 'j1', request_id: 'r1' } as const;
  const kindAt = (events: RunEvent[], now: number) => {
    const run = openRun('nightly-1', [plannedPhone('p1')]);
    record(run, events);
    return steps(run, now)[0]?.step.kind;
  };

  it('looks for the archive of a job that ended well, however late', () => {
    const ended = { type: 'ended', at: T0 + MINUTE, ...own, result: 'succeeded' } as const;
    expect(kindAt([accepted, ended], T0 + 5 * HOUR)).toBe('verify');
  });

  it('looks for the archive of a lost answer before the phone is tried again', () => {
    const unknown = { type: 'outcome_unknown', at: T0, ...own } as const;
    expect(kindAt([unknown], T0 + HOUR)).toBe('watch');
  });

  it('looks for a job whose time is up, however late', () => {
    expect(kindAt([accepted], T0 + 12 * HOUR)).toBe('follow');
  });

  it('plans a run that was asked for long ago though the first read fails', async () => {
    const world = await small();
    const runId = await world.ask();
    world.clock.move(3 * HOUR);
    const fault = { service: 'cph', operation: 'list-phones' };
    world.cloud.control.addFault({ ...fault, kind: 'error', status: 500, times: 3 });
    const { report } = await world.settle(runId);
    expect(report.counts.exported).toBe(6);
  });
});

describe('one piece does not stop the rest', () => {
  it('exports the others while a waiting phone cannot be asked for', async () => {
    const world = await small(`${NIGHTLY}max_in_flight_per_server: 1\n`);
    const [phone] = await world.cloud.control.phones();
    await world.cloud.control.setStatus(phone?.phone_id ?? '', 4);
    const runId = await world.ask();
    const fault = { service: 'cph', operation: 'show-phone' };
    world.cloud.control.addFault({ ...fault, kind: 'error', status: 500 });
    const { report } = await world.settle(runId);
    expect(report.counts.exported).toBe(5);
  });

  it('submits a small run while a large fleet is being read', async () => {
    const world = await small();
    const phones = await world.cloud.control.phones();
    const ids = phones.map((phone) => phone.phone_id).join(', ');
    const large = NIGHTLY.replace('name: nightly', 'name: a-large');
    await world.putPolicy(large, 'a-large');
    await world.putPolicy(NIGHTLY.replace('name: "*"', `phones: [${ids}]`));
    await world.ask('a-large');
    const runId = await world.ask('nightly');
    await minutes(world, 10, ({ cph, clock }) => ({
      cph: {
        ...cph,
        listPhones: async (query) => {
          await clock.sleep(5 * SECOND);
          const page = await cph.listPhones({ ...query, offset: 0 });
          return { ...page, count: 100_000 };
        },
      },
    }));
    const { store } = world.invocation().deps;
    expect(await store.get(layout.report(runId))).toBeDefined();
  });

  it('works on while the topic hangs and slots were missed', async () => {
    const world = await small();
    const { store } = world.invocation().deps;
    for (let slot = 1; slot <= 6; slot += 1) {
      const stamp = `2026010${slot}T000000Z`;
      const slots = { first: stamp, last: stamp, slots: 1 };
      await putMissed(store, { policy: 'nightly', reason: 'too_late', ...slots });
    }
    const runId = await world.ask();
    world.cloud.control.addFault({ service: 'smn', kind: 'hang' });
    await minutes(world, 10);
    expect(await store.get(layout.report(runId))).toBeDefined();
  });

  it('sends the phones of a server whose places are held by jobs past their time', async () => {
    const world = await small(`${NIGHTLY}max_in_flight_per_server: 1\nexport_timeout: 10m\n`, {
      servers: 1,
    });
    const [stuck] = (await world.cloud.control.phones()).map((p) => p.phone_id).sort();
    const fault = { service: 'cph', operation: 'batch-storage' };
    world.cloud.control.addFault({ ...fault, kind: 'never_ends', phones: [stuck ?? ''] });
    const { report } = await world.settle(await world.ask());
    expect(report.counts).toMatchObject({ exported: 5, timed_out: 1 });
  });
});

describe('what lands late', () => {
  const late: OrphanedJobs = {
    version: 1,
    run_id: 'nightly-1',
    policy: 'nightly',
    bucket: 'b',
    folder: 'f',
    busy_until: T0 + HOUR,
    until: T0 + 24 * HOUR,
    attempts: [
      {
        phone_id: 'p1',
        phone_name: 'game-1',
        server_id: 's1',
        attempt: 1,
        jobs: [{ job_id: 'j1', request_id: 'r1' }],
      },
    ],
  };
  const ended = [{ job_id: 'j1', phone_id: 'p1', state: 'succeeded' }];

  const follow = async (sizes: (number | undefined)[]) => {
    const clock = playClock(T0);
    const store = memoryStore(clock);
    const head = async (_: string, key: string) => {
      const size = sizes.shift();
      return size === undefined ? undefined : { key, size, etag: 'e', lastModified: T0 };
    };
    const cph = { listJobs: async () => ended };
    const deps = { clock, store, cph, archives: { head }, log: silent } as unknown as RunDeps;
    let rest = late;
    for (let lookups = sizes.length; lookups > 0; lookups -= 1) {
      rest = await pollOrphanedJobs(deps, rest);
      clock.move(3 * MINUTE);
    }
    return (await store.list('')).map(({ key }) => key);
  };

  it('is not given up because one HEAD does not show it', async () => {
    expect(await follow([undefined, 9_000])).toContain(layout.lateArchive('nightly-1', 'p1', 1));
  });

  it('is no archive when it is empty', async () => {
    expect((await follow([0])).filter((key) => key.startsWith('phones/'))).toEqual([]);
  });
});

describe('runs that cannot go on', () => {
  it('ends a run whose fleet it may not read', async () => {
    const world = await small(NIGHTLY.replace('2h', '10m'));
    const runId = await world.ask();
    const fault = { service: 'cph', operation: 'list-phones' };
    world.cloud.control.addFault({ ...fault, kind: 'error', status: 403, code: 'APIGW.0302' });
    const { report } = await world.settle(runId, 90);
    expect(report.outcome).toBe('failed');
  });

  it('ends a cancelled run that cannot be planned', async () => {
    const world = await small();
    const runId = await world.ask();
    await world.invocation().deps.store.put(layout.cancel(runId), '{"version":1}');
    const fault = { service: 'cph', operation: 'list-phones' };
    world.cloud.control.addFault({ ...fault, kind: 'error', status: 500 });
    const { report } = await world.settle(runId, 30);
    expect(report.outcome).toBe('cancelled');
  });

  it('ends a run whose archives it may no longer see', async () => {
    const world = await small(NIGHTLY.replace('2h', '10m'));
    const runId = await world.ask();
    let planned = false;
    const denied = async (): Promise<never> => {
      throw new ServiceError('access_denied', 'obs: denied', {
        service: 'obs',
        operation: 'ListObjectsV2',
        status: 403,
        carriedOut: 'no',
      });
    };
    await minutes(world, 90, ({ archives }) => ({
      archives: {
        ...archives,
        list: async (...query) => {
          if (planned) return denied();
          planned = true;
          return archives.list(...query);
        },
        head: denied,
      },
    }));
    const { store } = world.invocation().deps;
    expect(await store.get(layout.report(runId))).toBeDefined();
  });
});

describe('calls', () => {
  it('stay few while the archives of lost answers may not be seen', async () => {
    const world = await small(NIGHTLY, { timings: { exportBase: 20 * MINUTE } });
    await world.ask();
    const fault = { service: 'cph', operation: 'batch-storage' };
    world.cloud.control.addFault({ ...fault, kind: 'drop_answer', times: 1 });
    await driveAs(world);
    let calls = 0;
    const denied = async (): Promise<never> => {
      calls += 1;
      // A call takes its time, so that a loop that never sleeps comes to an end too.
      world.clock.move(20);
      throw new ServiceError('access_denied', 'obs: denied', {
        service: 'obs',
        operation: 'ListObjectsV2',
        status: 403,
        carriedOut: 'no',
      });
    };
    await minutes(world, 25, ({ archives }) => ({
      archives: { ...archives, list: denied, head: denied },
    }));
    expect(calls).toBeLessThan(25 * 3 * 10);
  });
});

describe('one export at a time', () => {
  it('holds for a phone whose job outlived another run, in the same drive too', async () => {
    const world = await small(`${NIGHTLY}export_timeout: 10m\n`, {
      switches: { busyPhones: 'allow' },
    });
    await world.putPolicy(NIGHTLY.replace('name: nightly', 'name: second'), 'second');
    const [stuck] = await world.cloud.control.phones();
    const id = stuck?.phone_id ?? '';
    const fault = { service: 'cph', operation: 'batch-storage' };
    world.cloud.control.addFault({ ...fault, kind: 'never_ends', phones: [id], times: 1 });
    const runId = await world.ask('nightly');
    await world.drive();
    const second = await world.ask('second');
    await world.settle(runId);
    const log = await readLog(world.invocation().deps.store, second);
    expect(log.filter((event) => event.type === 'accepted' && event.phone_id === id)).toEqual([]);
  });

  it('holds when another instance planned the run that this one remembers', async () => {
    const world = await small(NIGHTLY, {
      timings: { exportBase: 20 * MINUTE },
      switches: { busyPhones: 'allow' },
    });
    await world.ask();
    const fault = { service: 'cph', operation: 'list-phones' };
    world.cloud.control.addFault({ ...fault, kind: 'error', status: 500 });
    await world.drive();
    world.cloud.control.clearFaults();
    await driveAs(world);
    await world.drive();
    const phones = await world.cloud.control.phones();
    const jobs = phones.map(({ phone_id }) => world.cloud.world.jobs.activeOf(phone_id).length);
    expect(jobs).toEqual(phones.map(() => 1));
  });

  it('does not hold a phone longer each time that the settled run is taken up again', async () => {
    const world = await small(`${NIGHTLY}export_timeout: 10m\n`);
    const [stuck] = await world.cloud.control.phones();
    const fault = { service: 'cph', operation: 'batch-storage' };
    world.cloud.control.addFault({
      ...fault,
      kind: 'never_ends',
      phones: [stuck?.phone_id ?? ''],
    });
    world.cloud.control.addFault({ service: 'smn', kind: 'error', status: 500 });
    const runId = await world.ask();
    await minutes(world, 15);
    const { store } = world.invocation().deps;
    const before = await readOrphanedJobs(store, runId);
    expect(before).toBeDefined();
    await minutes(world, 5);
    expect((await readOrphanedJobs(store, runId))?.busy_until).toBe(before?.busy_until);
  });
});

describe('what a dead instance wrote last', () => {
  it('does not keep a settled run from being told and closed', async () => {
    const world = await small(`${NIGHTLY}export_timeout: 10m\n`);
    const [stuck] = await world.cloud.control.phones();
    const phone_id = stuck?.phone_id ?? '';
    const fault = { service: 'cph', operation: 'batch-storage' };
    world.cloud.control.addFault({ ...fault, kind: 'never_ends', phones: [phone_id] });
    world.cloud.control.addFault({ service: 'smn', kind: 'error', status: 500 });
    const runId = await world.ask();
    await minutes(world, 15);
    const { store } = world.invocation().deps;
    const at = world.clock.now() - 5 * MINUTE;
    const ended = { type: 'ended', at, phone_id, attempt: 1, result: 'succeeded' } as const;
    await appendLog(store, runId, '0000000001-dead', 99, [ended]);
    world.cloud.control.clearFaults();
    // Time passes with every look at the clock, so that a loop that never sleeps comes to an end too.
    const { sleep, now } = world.clock;
    const clock = { sleep, now: () => (world.clock.move(1), now()) };
    await minutes(world, 3, () => ({ clock }));
    expect(await store.get(layout.request(runId))).toBeUndefined();
  });
});

describe('asking twice', () => {
  it('does not let an older run that is noted again pass for the last one', async () => {
    const store = memoryStore(playClock());
    const first = { run_id: 'nightly-1', outcome: 'failed', settled_at: T0 } as const;
    const second = { run_id: 'nightly-2', outcome: 'completed', settled_at: T0 + HOUR } as const;
    await noteSettled(store, 'nightly', first);
    await noteSettled(store, 'nightly', second);
    await noteSettled(store, 'nightly', first);
    expect((await readHistory(store, 'nightly'))?.last).toEqual(second);
  });

  it('leaves a settled run alone when its timer event comes again', async () => {
    const world = await small();
    const time = world.clock.now();
    const first = await world.ask();
    await world.settle(first);
    world.clock.move(6 * HOUR);
    await world.ask();
    const { deps, clients } = world.invocation();
    const wake = { functiongraph: clients.functiongraph, driveUrn: undefined };
    await schedule({ ...deps, wake }, { time, policy: 'nightly' }, {});
    expect((await deps.store.list(layout.hints)).map(({ key }) => key)).toEqual([]);
  });
});

describe('schedule', () => {
  const broken = 'nightly-20251231t183000z';
  const tickOf = (world: Night, memory: ScheduleMemory) => async () => {
    const { deps, clients } = world.invocation();
    const wake = { functiongraph: clients.functiongraph, driveUrn: undefined };
    return (
      await schedule({ ...deps, wake }, { time: deps.clock.now(), policy: undefined }, memory)
    ).requested;
  };

  it('is not held up by a run that was quarantined', async () => {
    const world = await small();
    const { store } = world.invocation().deps;
    await store.put(layout.request(broken), '{"version":2}');
    await world.drive();
    expect(await world.ask()).toMatch(/^nightly-20260101t1830/);
  });

  it('asks for the other policies when the report of one cannot be read', async () => {
    const world = await small(NIGHTLY, { start: Date.UTC(2026, 0, 1, 18, 0) });
    await world.putPolicy(NIGHTLY.replace('name: nightly', 'name: other'), 'other');
    const { store } = world.invocation().deps;
    await putRequest(store, { version: 1, run_id: broken, policy: 'nightly', trigger: 'timer' });
    await store.put(layout.report(broken), '{"version":2}');
    await world.tick();
    world.clock.move(30 * MINUTE);
    const asked = await world.tick().catch(() => []);
    expect(asked).toContain('other-20260101t183000z');
  });

  it('notes nothing as missed that another instance has seen to', async () => {
    const world = await small(NIGHTLY.replace('0 30 2 * * *', '0 30 2/6 * * *'), {
      start: Date.UTC(2026, 0, 1, 18, 0),
    });
    const one = tickOf(world, {});
    const other = tickOf(world, {});
    await one();
    world.clock.move(31 * MINUTE);
    for (let slot = 0; slot < 3; slot += 1) {
      world.clock.move(6 * HOUR);
      const [runId = ''] = await other();
      await world.settle(runId);
    }
    await one();
    const { store } = world.invocation().deps;
    expect((await store.list(layout.hints)).map(({ key }) => key)).toEqual([]);
  });

  it('runs the slots that a clock which was ahead for a while had passed', async () => {
    const world = await small(NIGHTLY.replace('0 30 2 * * *', '0 30 2/6 * * *'), {
      start: Date.UTC(2026, 0, 1, 18, 0),
    });
    await world.tick();
    world.clock.move(12 * HOUR + 31 * MINUTE);
    await world.tick();
    world.clock.move(-12 * HOUR);
    await world.invocation().deps.store.remove([layout.request('nightly-20260102t063000z')]);
    expect(await world.tick()).toEqual(['nightly-20260101t183000z']);
  });

  it('counts the slots of a changed cron from the change on', async () => {
    const world = await small(NIGHTLY, { start: Date.UTC(2026, 0, 1, 18, 0) });
    await world.tick();
    world.clock.move(31 * MINUTE);
    const [runId = ''] = await world.tick();
    await world.settle(runId);
    world.clock.move(6 * HOUR);
    await world.putPolicy(NIGHTLY.replace('0 30 2', '0 0 5'));
    expect(await world.tick()).toEqual([]);
    const { store } = world.invocation().deps;
    expect((await store.list(layout.hints)).map(({ key }) => key)).toEqual([]);
  });
});

describe('bounds', () => {
  it('keeps a message within 256 KB whatever the service calls its errors', () => {
    const failed = Array.from({ length: 50 }, (_, index) => ({
      phone_id: String(index).padStart(32, '0'),
      outcome: 'failed' as const,
      reason: 'refused',
      code: '\u00e9'.repeat(1_024),
    }));
    const { message_structure } = composeMessage({ kind: 'settled', policy: 'nightly', failed });
    expect(Buffer.byteLength(JSON.stringify(message_structure))).toBeLessThan(256 * 1_024);
  });

  it('believes no block that lies further ahead than a throttle lasts', () => {
    const limits = { ...carefulLimits, blocked_until: T0 + 24 * HOUR };
    expect(callsAllowed(limits, T0)).toBeGreaterThan(0);
  });
});
