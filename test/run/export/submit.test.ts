import { describe, expect, it } from 'vitest';
import type { PhoneJob, StorageInfo } from '../../../lib/cloud/cph/job.ts';
import type { RunEvent } from '../../../lib/ledger/run/events.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import type { Limits } from '../../../lib/ledger/state/limits.ts';
import { appendLog, readLog } from '../../../lib/ledger/run/log/log.ts';
import type { Terms } from '../../../lib/ledger/run/plan.ts';
import type { OpenRun } from '../../../lib/run/state/open-run.ts';
import { postponedUntil } from '../../../lib/run/state/postponed.ts';
import { LeaseLost } from '../../../lib/errors.ts';
import type { InFlightJob } from '../../../lib/run/export/batches/batch.ts';
import { submitWindow } from '../../../lib/run/export/submit.ts';
import { refusal, runScene, temporaryError } from '../../support/run-scene.ts';
import { MINUTE, openRun, plannedPhone, T0, terms } from '../../support/runs.ts';

const SECOND = 1_000;
const WRITER = '0000000001-a';

type Answer = { request_id: string | undefined; jobs: PhoneJob[] };

const runOf = (runId: string, ids: string[], changes: Partial<Terms> = {}): OpenRun =>
  openRun(
    runId,
    ids.map((id) => plannedPhone(id)),
    { terms: { max_in_flight_per_server: 99, ...changes } },
  );
const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => `p${n}`);
const taken = (infos: StorageInfo[], request_id = 'r1'): Answer => ({
  request_id,
  jobs: infos.map(({ phone_id }) => ({ phone_id, job_id: `j-${phone_id}` })),
});

/**
 * A cloud that answers calls by `answer`, which may throw; by default it takes every phone. A call takes a second. `calls`:
 * the phones of each call.
 */
function scene(answer: (ids: string[], infos: StorageInfo[]) => Answer | void = () => undefined) {
  const calls: string[][] = [];
  const infosSent: StorageInfo[] = [];
  const world = runScene({
    batchStorage: async (infos) => {
      const ids = infos.map(({ phone_id }) => phone_id);
      calls.push(ids);
      infosSent.push(...infos);
      world.clock.move(SECOND);
      return answer(ids, infos) ?? taken(infos, `r${calls.length}`);
    },
  });
  const { learned } = world.deps;
  const inFlight: InFlightJob[] = [];
  /** A size that is given is known: one phone more was refused. */
  const limit = (limits: Partial<Limits>) => {
    const { phones_per_call: size } = limits;
    const known = size === undefined ? {} : { refused_size: size + 1, refused_size_at: T0 };
    learned.limits = { ...learned.limits, ...known, ...limits };
  };
  return {
    ...{ ...world, calls, infosSent, learned, inFlight, limit },
    submit: (...runs: OpenRun[]) => submitWindow(world.deps, runs, inFlight),
  };
}

const refusing = (facts: Parameters<typeof refusal>[0], times = Infinity) => {
  let left = times;
  return scene(() => {
    if (left-- > 0) throw refusal(facts);
  });
};
/** What was taken into the log, and is not waiting for it. */
const events = async ({ store }: ReturnType<typeof scene>, { runId }: OpenRun) =>
  (await readLog(store, runId)).map(({ type }) => type);
const unsent = (run: OpenRun): string[] =>
  [...run.state.phones.values()].flatMap(({ planned, attempts }) =>
    [...attempts.values()].some(({ windows }) => [...windows.values()].includes('unsent'))
      ? [planned.phone_id]
      : [],
  );

describe('submitWindow', () => {
  it('leaves half of its time for the calls: runs without an intent wait for the next window', async () => {
    const runs = ['a-1', 'b-1', 'c-1', 'd-1'].map((id) => runOf(id, [`of-${id}`]));
    const world = scene();
    const { deps, store, clock } = world;
    const { put } = store;
    deps.store.put = (key, body) => (clock.move(4 * SECOND), put(key, body));
    deps.until = T0 + 12 * SECOND;
    await world.submit(...runs);
    expect(world.calls).toEqual([['of-a-1'], ['of-b-1']]);
    expect(runs.map(({ state }) => [...state.phones.values()][0]?.attempts.size)).toEqual([
      1, 1, 0, 0,
    ]);
  });

  it('writes the intent to the log before it sends the call', async () => {
    const run = runOf('nightly-1', ['p', 'q']);
    const before: RunEvent[][] = [];
    const world = scene();
    const { batchStorage } = world.deps.cph;
    world.deps.cph.batchStorage = async (infos) => {
      before.push(await readLog(world.store, run.runId));
      return batchStorage(infos);
    };
    expect(await world.submit(run)).toBe(true);
    const attempts = [
      { phone_id: 'p', attempt: 1 },
      { phone_id: 'q', attempt: 1 },
    ];
    const intent = { type: 'intent', at: T0, window: `${WRITER}-1`, attempts };
    expect(before).toEqual([[intent]]);
    const accepted = { type: 'accepted', at: T0 + SECOND, request_id: 'r1' };
    expect(await readLog(world.store, run.runId)).toEqual([
      intent,
      ...attempts.map((one) => ({ ...accepted, ...one, job_id: `j-${one.phone_id}` })),
    ]);
    expect(run.unwritten.events).toEqual([]);
  });

  it('sends the paths, the bucket and the key of each archive', async () => {
    const world = scene();
    await world.submit(runOf('nightly-1', ['p']));
    await world.submit(runOf('nightly-2', ['q'], { exclude: ['/data/cache'] }));
    const info = (run: string, phone_id: string) => ({
      ...{ phone_id, include_files: terms.include, bucket_name: terms.bucket },
      object_path: `${terms.folder}/${run}/${phone_id}-1.tar`,
    });
    expect(world.infosSent).toEqual([
      info('nightly-1', 'p'),
      { ...info('nightly-2', 'q'), exclude_files: ['/data/cache'] },
    ]);
  });

  it('sends no more phones per call and calls than the limits allow', async () => {
    const world = scene();
    world.limit({ phones_per_call: 2, calls_per_minute: 2 });
    const run = runOf('nightly-1', numbered(7));
    await world.submit(run);
    expect(world.calls).toEqual([
      ['p0', 'p1'],
      ['p2', 'p3'],
    ]);
    expect(world.learned.limits.recent).toEqual([T0 + SECOND, T0 + 2 * SECOND]);
    expect(unsent(run)).toEqual([]);
  });

  it.each<[string, OpenRun[], Partial<Limits>]>([
    ['nothing is due', [runOf('nightly-1', [])], {}],
    ['no call is free', [runOf('nightly-1', ['p'])], { calls_per_minute: 1, recent: [T0] }],
    ['calls are blocked', [runOf('nightly-1', ['p'])], { blocked_until: T0 + 1 }],
  ])('sends and writes nothing where %s', async (_, runs, limits) => {
    const world = scene();
    world.limit(limits);
    expect(await world.submit(...runs)).toBe(false);
    expect(world.calls).toEqual([]);
    expect(await world.store.list('')).toEqual([]);
  });

  it('leaves out phones that jobs of earlier runs still export', async () => {
    const world = scene();
    world.inFlight.push({ phone_id: 'p', server_id: 's1' });
    await world.submit(runOf('nightly-1', ['p', 'q']));
    expect(world.calls).toEqual([['q']]);
  });

  it('writes the intent of every run before the first call, each in its own window', async () => {
    const runs = [runOf('nightly-1', ['p']), runOf('weekly-1', ['q'])];
    const known: string[][] = [];
    const world = scene(() => {
      known.push(runs.flatMap(({ state }) => windowsOf(state)));
    });
    await world.submit(...runs);
    expect(world.calls).toEqual([['p'], ['q']]);
    expect(known[0]).toEqual([`${WRITER}-1`, `${WRITER}-2`]);
  });

  it('writes the intents of a large window in several events before the first call', async () => {
    const known: [type: string, attempts: number][] = [];
    const world = scene(() => undefined);
    const { batchStorage } = world.deps.cph;
    world.deps.cph.batchStorage = async (infos) => {
      for (const event of await readLog(world.store, run.runId))
        if (event.type === 'intent') known.push([event.window, event.attempts.length]);
      world.deps.until = 0;
      return batchStorage(infos);
    };
    world.limit({ phones_per_call: 1_250, calls_per_minute: 2 });
    const run = runOf('nightly-1', numbered(2_500), { max_in_flight_per_server: 9_999 });
    await world.submit(run);
    const window = `${WRITER}-1`;
    expect(known).toEqual([
      [window, 1_000],
      [window, 1_000],
      [window, 500],
    ]);
    expect(unsent(run)).toHaveLength(1_250);
  });

  it('writes what came back between the calls, whenever there are a thousand events', async () => {
    const logged: number[] = [];
    const world = scene(() => undefined);
    const { batchStorage } = world.deps.cph;
    world.deps.cph.batchStorage = async (infos) => {
      const known = await readLog(world.store, run.runId);
      logged.push(known.filter(({ type }) => type === 'accepted').length);
      return batchStorage(infos);
    };
    world.limit({ phones_per_call: 250, calls_per_minute: 10 });
    const run = runOf('nightly-1', numbered(2_500), { max_in_flight_per_server: 9_999 });
    await world.submit(run);
    expect(logged.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
    expect(logged.slice(6).every((count) => count >= 1_000)).toBe(true);
  });

  it('goes on with other runs when the log of one cannot be written between the calls', async () => {
    const world = scene(() => undefined);
    const { put } = world.store;
    let puts = 0;
    world.deps.store.put = async (key, body) => {
      if (key.startsWith(layout.run('nightly-1')) && (puts += 1) === 2) throw temporaryError();
      await put(key, body);
    };
    world.limit({ phones_per_call: 1_000, calls_per_minute: 9 });
    const many = { max_in_flight_per_server: 9_999 };
    const [first, second] = [
      runOf('nightly-1', numbered(2_500), many),
      runOf('weekly-1', ['q'], many),
    ];
    await world.submit(first, second);
    expect(world.calls.map((ids) => ids.length)).toEqual([1, 1_000]);
    expect(unsent(first)).toHaveLength(1_500);
    expect(first.retryAt.step).toBeGreaterThan(T0);
    expect(await events(world, second)).toEqual(['intent', 'accepted']);
  });

  it('sends the calls of other runs when the intent of one cannot be written', async () => {
    const world = scene();
    const { put } = world.store;
    world.deps.store.put = async (key, body) => {
      if (key.startsWith(layout.log('nightly-1'))) throw refusal({ code: 'access_denied' });
      await put(key, body);
    };
    const [first, second] = [runOf('nightly-1', ['p']), runOf('weekly-1', ['q'])];
    expect(await world.submit(first, second)).toBe(true);
    expect(world.calls).toEqual([['q']]);
    expect(await events(world, second)).toEqual(['intent', 'accepted']);
    expect(first.retryAt.step).toBeGreaterThan(T0);
    const message = 'runs/nightly-1/log/ cannot be written: refused';
    expect(world.logged('step_failed')).toMatchObject([
      ['warn', 'step_failed', { run: 'nightly-1', code: 'access_denied', message }],
    ]);
    const kept = [...first.unwritten.events];
    expect(kept.map(({ type }) => type)).toEqual(['intent', 'step_failed', 'unsent']);

    world.clock.move(MINUTE);
    expect(await world.submit(first)).toBe(true);
    expect(first.unwritten.events).toEqual(kept);
    world.deps.store.put = put;
    world.clock.move(MINUTE);
    world.deps.until = Infinity;
    await world.submit(first);
    expect(world.calls).toEqual([['q'], ['p']]);
  });

  it('counts calls and waits for the run that caused them', async () => {
    const world = refusing({ code: 'throttled', status: 429 }, 1);
    const run = runOf('nightly-1', ['p']);
    const served: unknown[] = [];
    const { batchStorage } = world.deps.cph;
    world.deps.cph.batchStorage = (infos) => {
      served.push(world.deps.meter.runId());
      return batchStorage(infos);
    };
    const put = world.store.put;
    world.deps.store.put = async (key, body) => {
      if (key.startsWith(layout.run(run.runId))) served.push(world.deps.meter.runId());
      await put(key, body);
    };
    await world.submit(run);
    expect(served.slice(0, 2)).toEqual(['nightly-1', 'nightly-1']);
    const [logged] = [...run.loggedMetrics.values()].slice(-1);
    expect(logged?.throttled_ms).toBe(1_000);
  });

  it('sends nothing and frees its attempts when another drive writes to the run', async () => {
    const world = scene();
    const run = runOf('nightly-1', ['p']);
    await appendLog(world.store, layout.logEntry(run.runId, '0000000002-b', 1), [
      { type: 'cancel_seen', at: T0 },
    ]);
    await expect(world.submit(run)).rejects.toThrow(LeaseLost);
    expect(world.calls).toEqual([]);
    expect(run.state.cancelledAt).toBe(T0);
    expect(unsent(run)).toEqual(['p']);
    expect(await events(world, run)).toEqual(['intent', 'unsent', 'cancel_seen']);
  });

  it('throws the error that ended the window even when the log cannot be written', async () => {
    const [refused, away] = [refusal({ code: 'credentials_refused' }), temporaryError()];
    const world = scene(() => {
      world.deps.store.put = () => Promise.reject(away);
      throw refused;
    });
    const run = runOf('nightly-1', ['p']);
    await expect(world.submit(run)).rejects.toBe(refused);
    expect(refused.cause).toBe(away);
    expect(run.unwritten.events.map(({ type }) => type)).toEqual(['unsent']);
  });

  it('writes nothing for a window without a written intent', async () => {
    const world = scene();
    const [first, second] = [runOf('nightly-1', ['p']), runOf('weekly-1', ['q'])];
    await appendLog(world.store, layout.logEntry(first.runId, '0000000002-b', 1), []);
    await expect(world.submit(first, second)).rejects.toThrow(LeaseLost);
    expect(await events(world, first)).toEqual(['intent', 'unsent']);
    expect(await events(world, second)).toEqual([]);
  });

  it('closes the windows of all runs although the log of one cannot be written', async () => {
    const world = refusing({ code: 'throttled', status: 429 });
    const put = world.store.put;
    let puts = 0;
    world.deps.store.put = async (key, body) => {
      if ((puts += 1) === 3) throw refusal({ status: 503 });
      await put(key, body);
    };
    const runs = [runOf('nightly-1', ['p']), runOf('weekly-1', ['q'])];
    await expect(world.submit(...runs)).rejects.toThrow('refused');
    expect(runs.flatMap(unsent)).toEqual(['p', 'q']);
  });

  it('sends no call when the time is up', async () => {
    const world = scene();
    world.limit({ phones_per_call: 1 });
    world.deps.until = T0 + 2 * SECOND;
    const run = runOf('nightly-1', numbered(3));
    await world.submit(run);
    expect(world.calls).toEqual([['p0'], ['p1']]);
    expect(unsent(run)).toEqual(['p2']);
    expect(await events(world, run)).toEqual(['intent', 'accepted', 'accepted', 'unsent']);
  });
});

function windowsOf({ phones }: OpenRun['state']): string[] {
  return [...phones.values()].flatMap(({ attempts }) =>
    [...attempts.values()].flatMap(({ windows }) => [...windows.keys()]),
  );
}

describe('a response of CPH', () => {
  it('gives each phone an event of its own', async () => {
    const run = runOf('nightly-1', ['p', 'q', 'r']);
    const world = scene(() => ({
      request_id: 'r1',
      jobs: [
        { phone_id: 'p', job_id: 'j-p' },
        { phone_id: 'q', code: 'CPS.0005', message: 'no' },
      ],
    }));
    await world.submit(run);
    expect(await events(world, run)).toEqual(['intent', 'accepted', 'refused', 'outcome_unknown']);
  });

  it('raises and logs the batch size after a full accepted batch', async () => {
    const world = scene();
    world.limit({ phones_per_call: 2, refused_size: undefined });
    await world.submit(runOf('nightly-1', ['p', 'q']));
    expect(world.learned.limits).toMatchObject({ phones_per_call: 4, accepted_size: 2 });
    const fields = { phones_per_call: 4, calls_per_minute: 8 };
    expect(world.logged('limits_raised', 'limits_lowered')).toEqual([
      ['info', 'limits_raised', fields],
    ]);
  });

  it('raises and logs the calls a minute after a full minute', async () => {
    const world = scene();
    world.limit({ calls_per_minute: 1, throttled_at: T0 - 20 * MINUTE });
    await world.submit(runOf('nightly-1', ['p']));
    const fields = { phones_per_call: 10, calls_per_minute: 2 };
    expect(world.logged('limits_raised', 'limits_lowered')).toEqual([
      ['info', 'limits_raised', fields],
    ]);
  });

  it('logs no unchanged limits', async () => {
    const world = scene();
    await world.submit(runOf('nightly-1', ['p']));
    expect(world.logged('limits_raised', 'limits_lowered')).toEqual([]);
    expect(world.learned.limits).toMatchObject({ phones_per_call: 10, accepted_size: 1 });
  });
});

describe('a failed call', () => {
  const line = (reason: string, code?: string) => [
    'warn',
    'call_refused',
    { run: 'nightly-1', policy: 'nightly', phones: 2, reason, code },
  ];

  it.each<[string, Parameters<typeof refusal>[0], string, string, string[]]>([
    [
      'a lost response',
      { carriedOut: 'unknown' },
      'outcome_unknown',
      'service',
      ['outcome_unknown', 'outcome_unknown'],
    ],
    [
      'a refusal after which no phone is retried',
      { status: 400, serviceCode: 'CPS.0199' },
      'refused',
      'CPS.0199',
      ['refused', 'refused'],
    ],
    [
      'a busy system',
      { status: 400, serviceCode: 'CPS.0042' },
      'postponed',
      'CPS.0042',
      ['postponed'],
    ],
    ['an unavailable service', { status: 503 }, 'postponed', 'service', ['postponed']],
    ['an unreachable service', { code: 'unreachable' }, 'postponed', 'unreachable', ['postponed']],
    ['throttling', { code: 'throttled', status: 429 }, 'throttled', 'throttled', ['unsent']],
  ])(
    'logs %s and records what it means for each phone',
    async (_, facts, reason, code, expected) => {
      const world = refusing(facts);
      const run = runOf('nightly-1', ['p', 'q']);
      expect(await world.submit(run)).toBe(true);
      expect(world.calls).toHaveLength(1);
      expect(world.logged('call_refused')).toEqual([line(reason, code)]);
      expect(await events(world, run)).toEqual(['intent', ...expected]);
      expect(run.unwritten.events).toEqual([]);
    },
  );

  it('leaves outcomes unknown after an error that is not from the service', async () => {
    const world = scene(() => {
      throw new TypeError('odd');
    });
    const run = runOf('nightly-1', ['p', 'q']);
    await world.submit(run);
    expect(world.logged('call_refused')).toEqual([line('outcome_unknown')]);
    expect(await events(world, run)).toEqual(['intent', 'outcome_unknown', 'outcome_unknown']);
  });

  it('ends the drive and frees unsent attempts when credentials are refused', async () => {
    const world = refusing({ code: 'credentials_refused', status: 401 });
    const run = runOf('nightly-1', ['p', 'q']);
    await expect(world.submit(run)).rejects.toMatchObject({ code: 'credentials_refused' });
    expect(unsent(run)).toEqual(['p', 'q']);
    expect(await events(world, run)).toEqual(['intent', 'unsent']);
    expect(world.logged('call_refused')).toEqual([]);
  });

  it('makes no more calls of that run, but those of others, when the service is unavailable', async () => {
    const world = scene((ids) => {
      if (ids.includes('p0')) throw refusal({ status: 503 });
    });
    world.limit({ phones_per_call: 1 });
    const [run, other] = [runOf('nightly-1', ['p0', 'p1']), runOf('weekly-1', ['q'])];
    await world.submit(run, other);
    expect(world.calls).toEqual([['p0'], ['q']]);
    expect(postponedUntil(run.state)).toBe(T0 + 16 * SECOND);
    expect(other.state.postponed).toEqual([]);
    expect(unsent(run)).toEqual(['p0', 'p1']);
    expect(world.learned.limits.calls_per_minute).toBe(8);
  });

  it('sends the other phones first after the pause', async () => {
    const world = scene((ids) => {
      if (ids.includes('p0')) throw refusal({ status: 503 });
    });
    world.limit({ phones_per_call: 1 });
    const run = runOf('nightly-1', ['p0', 'p1']);
    await world.submit(run, runOf('weekly-1', ['q']));
    expect(world.calls).toEqual([['p0'], ['q']]);
    world.clock.move(20 * SECOND);
    await world.submit(run);
    expect(world.calls).toEqual([['p0'], ['q'], ['p1'], ['p0']]);
  });

  it('stops all calls when throttled', async () => {
    const world = refusing({ code: 'throttled', status: 429 }, 1);
    world.limit({ phones_per_call: 1 });
    const [run, other] = [runOf('nightly-1', ['p', 'q']), runOf('weekly-1', ['r'])];
    await world.submit(run, other);
    expect(world.calls).toEqual([['p']]);
    expect(unsent(run)).toEqual(['p', 'q']);
    expect(unsent(other)).toEqual(['r']);
    expect(world.learned.limits).toMatchObject({
      calls_per_minute: 8,
      blocked_until: T0 + 2_000,
    });
    expect(run.retryAt.step).toBe(0);
  });

  it('lowers and logs the calls a minute when three in a row are throttled', async () => {
    const world = refusing({ code: 'throttled', status: 429 }, 3);
    world.limit({ recent: [T0 - 1] });
    const run = runOf('nightly-1', ['p']);
    for (let refused = 0; refused < 3; refused += 1, world.clock.move(2 * SECOND)) {
      await world.submit(run);
    }
    expect(world.calls).toHaveLength(3);
    expect(world.logged('limits_lowered').map(([, , fields]) => fields)).toMatchObject([
      { calls_per_minute: 4 },
    ]);
  });

  it('sends a too large call again in smaller ones, in order, and logs the new limit', async () => {
    const world = scene((ids) => {
      if (ids.length > 2) throw refusal({ status: 400, serviceCode: 'CPS.0170' });
    });
    world.limit({ phones_per_call: 5 });
    const run = runOf('nightly-1', numbered(7));
    await world.submit(run);
    const [first, ...rest] = world.calls;
    expect(first).toEqual(numbered(5));
    const tooLarge = ['p2', 'p3', 'p4'];
    expect(rest).toEqual([['p0', 'p1'], tooLarge, ['p2', 'p3'], ['p4', 'p5'], ['p6']]);
    expect(world.learned.limits).toMatchObject({ phones_per_call: 2, refused_size: 3 });
    const lowered = ['warn', 'limits_lowered', { phones_per_call: 2, calls_per_minute: 8 }];
    expect(world.logged('limits_lowered')).toEqual([lowered, lowered]);
    expect(unsent(run)).toEqual([]);
  });

  it('halves a call that was refused because of one phone until it finds the phone', async () => {
    const world = scene((ids) => {
      if (ids.includes('p3')) throw refusal({ status: 400, serviceCode: 'CPS.0005' });
    });
    const run = runOf('nightly-1', numbered(5));
    await world.submit(run);
    expect(world.calls).toEqual([numbered(5), ['p0', 'p1', 'p2'], ['p3', 'p4'], ['p3'], ['p4']]);
    expect(run.state.reduced).toMatchObject({ at: T0 + 3 * SECOND, size: 1 });
    expect(world.learned.limits.phones_per_call).toBe(10);
    expect(await events(world, run)).toEqual([
      ...[
        'intent',
        'batch_size_reduced',
        'accepted',
        'accepted',
        'accepted',
        'batch_size_reduced',
        'refused',
        'accepted',
      ],
    ]);
  });

  it('finds a refused phone in a few minutes at two calls a minute', async () => {
    const world = scene((ids) => {
      if (ids.includes('p3')) throw refusal({ status: 400, serviceCode: 'CPS.0005' });
    });
    world.limit({ calls_per_minute: 2 });
    const run = runOf('nightly-1', numbered(6));
    let minutes = 0;
    for (; minutes < 20 && !world.calls.some((ids) => ids.join() === 'p3'); minutes += 1) {
      world.deps.until = world.clock.now() + MINUTE;
      await world.submit(run);
      world.clock.move(MINUTE);
    }
    expect(minutes).toBeLessThan(5);
    const refused = [...run.state.phones.values()].filter(({ attempts }) =>
      [...attempts.values()].some((attempt) => attempt.refused !== undefined),
    );
    expect(refused.map(({ planned }) => planned.phone_id)).toEqual(['p3']);
  });

  it('learns the limits of an unknown account with few refused calls', async () => {
    const sentAt: number[] = [];
    const world = scene((ids) => {
      const now = world.clock.now();
      const isTooFast = sentAt.filter((at) => at > now - MINUTE).length >= 5;
      sentAt.push(now);
      if (isTooFast) throw refusal({ code: 'throttled', status: 429 });
      if (ids.length > 7) throw refusal({ status: 400, serviceCode: 'CPS.0170' });
    });
    const run = runOf('nightly-1', numbered(300), { max_in_flight_per_server: 300 });
    const accepted = () =>
      [...run.state.phones.values()].filter(({ attempts }) =>
        [...attempts.values()].some((attempt) => attempt.accepted.length > 0),
      ).length;
    for (let minute = 0; minute < 60 && accepted() < 300; minute += 1) {
      world.deps.until = world.clock.now() + MINUTE;
      await world.submit(run);
      world.clock.move(61 * SECOND);
    }
    expect(accepted()).toBe(300);
    expect(world.calls.length).toBeLessThan(60);
    expect(world.logged('call_refused').length).toBeLessThan(8);
  });

  it('frees the rest of a halved call when no call is left', async () => {
    const world = refusing({ status: 400, serviceCode: 'CPS.0005' }, 1);
    world.limit({ calls_per_minute: 2, refused_rate: 3, throttled_at: T0 });
    const run = runOf('nightly-1', numbered(3));
    await world.submit(run);
    expect(world.calls).toEqual([numbered(3), ['p0', 'p1']]);
    expect(unsent(run)).toEqual(['p2']);
  });
});

describe('an account in which nothing can be exported', () => {
  it.each([
    [{ status: 400, serviceCode: 'CPS.0007' }, 'CPS.0007'],
    [{ code: 'access_denied' as const, status: 403 }, 'HTTP.403'],
  ])('ends the run: %j', async (facts, code) => {
    const world = refusing(facts);
    world.limit({ phones_per_call: 1 });
    const run = openRun('nightly-1', [
      ...['p', 'q', 'r'].map((id) => plannedPhone(id)),
      plannedPhone('waits', { waiting: true }),
      plannedPhone('stopped', { verdict: { outcome: 'skipped', reason: 'stopped' } }),
    ]);
    await world.submit(run);
    expect(world.calls).toEqual([['p']]);
    const outcomes = [...run.state.phones.values()].map(({ outcome }) => outcome);
    const failed = (phone_id: string) => ({
      ...{ type: 'outcome', at: T0 + SECOND, phone_id },
      ...{ outcome: 'failed', reason: 'refused', code },
    });
    expect(outcomes).toEqual([undefined, failed('q'), failed('r'), failed('waits'), undefined]);
    expect((await events(world, run)).slice(0, 3)).toEqual(['intent', 'refused', 'unsent']);
  });

  it('does not affect running jobs and other runs', async () => {
    const world = scene((ids) => {
      if (ids.includes('q')) throw refusal({ status: 400, serviceCode: 'CPS.0007' });
    });
    world.limit({ phones_per_call: 1 });
    const [run, other] = [runOf('nightly-1', ['p', 'q']), runOf('weekly-1', ['r', 's'])];
    await world.submit(run, other);
    expect(world.calls).toEqual([['p'], ['q'], ['r'], ['s']]);
    expect([...run.state.phones.values()].map(({ outcome }) => outcome)).toEqual([
      undefined,
      undefined,
    ]);
    expect(await events(world, run)).toEqual(['intent', 'accepted', 'refused']);
  });
});
