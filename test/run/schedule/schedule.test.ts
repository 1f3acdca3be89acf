import { readMissed } from '../../../lib/ledger/hints/missed-slots.ts';
import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import { readCursors } from '../../../lib/ledger/state/cursors.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { listOpen, readRequest } from '../../../lib/ledger/run/request.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { schedule, type ScheduleMemory } from '../../../lib/run/schedule/schedule.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { MINUTE } from '../../support/runs.ts';

const HOUR = 60 * MINUTE;
const SLOT = Date.UTC(2026, 0, 1, 18, 30);

const policy = (name: string, extra = ''): string => `
name: ${name}
schedule: { cron: "0 30 2 * * *", timezone: Asia/Shanghai, start_within: 2h }
select: { name: "game-*" }
export: { include: [/data/data], bucket: my-phone-backups }
${extra}`;

function setUp(start = SLOT - 10 * MINUTE) {
  const clock = playClock(start);
  const store = memoryStore(clock);
  const calls: string[] = [];
  const counted: Store = {
    ...store,
    get: (key) => (calls.push(`get ${key}`), store.get(key)),
    list: (prefix, options) => (calls.push(`list ${prefix}`), store.list(prefix, options)),
    put: (key, body) => (calls.push(`put ${key}`), store.put(key, body)),
  };
  const lines: { level: string; event: string }[] = [];
  const log = (level: string) => (event: string, fields?: object) =>
    void lines.push({ level, event, ...fields });
  const woken: string[] = [];
  const deps = {
    clock,
    store: counted,
    ledger: { bucket: 'ledger', prefix: 'phonevault/' },
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    wake: {
      functiongraph: { invokeAsync: async (urn: string) => void woken.push(urn) },
      driveUrn: 'urn:fss:cn-north-4:p:function:default:drive' as string | undefined,
    },
  };
  const memory: ScheduleMemory = {};
  const tick = async (name?: string, time = clock.now(), unreadable?: string) =>
    (await schedule(deps, { time, policy: name, unreadable }, memory)).requested;
  const put = (name: string, text = policy(name)) => store.put(layout.policy(name), text);
  const missed = async () => (await listOpen(store)).hints.filter((id) => id.startsWith('missed-'));
  /** Why slots were missed, as the hints for drive say. */
  const reasons = async () => {
    const hints = await Promise.all((await missed()).map((id) => store.get(layout.hint(id))));
    return hints.map((hint) => (JSON.parse(hint?.body ?? '{}') as { reason: string }).reason);
  };
  const events = () => lines.map(({ event }) => event);
  return { clock, store, deps, calls, woken, lines, events, memory, tick, put, missed, reasons };
}

describe('schedule, by the plain minute timer', () => {
  it('requests the run of a slot when it is due, and only once', async () => {
    const { clock, store, tick, put, woken } = setUp();
    await put('nightly');
    expect(await tick()).toEqual([]);
    clock.move(10 * MINUTE);
    expect(await tick()).toEqual(['nightly-20260101t183000z']);
    expect(await readRequest(store, 'nightly-20260101t183000z')).toEqual({
      run_id: 'nightly-20260101t183000z',
      policy: 'nightly',
      trigger: 'timer',
      slot: '20260101T183000Z',
    });
    expect(woken).toHaveLength(1);
    clock.move(MINUTE);
    expect(await tick()).toEqual([]);
  });

  it('ignores slots before the policy was first seen', async () => {
    const { tick, put } = setUp(SLOT + MINUTE);
    await put('nightly');
    expect(await tick()).toEqual([]);
  });

  it('needs one LIST in an idle minute of a warm instance', async () => {
    const { clock, tick, put, calls } = setUp();
    await put('nightly');
    await tick();
    calls.length = 0;
    clock.move(MINUTE);
    await tick();
    expect(calls).toEqual(['list policies/']);
  });

  it('needs one LIST and one GET in an idle minute of a cold instance, however many policies there are', async () => {
    const { deps, clock, tick, put, calls } = setUp();
    for (const name of ['nightly', 'other', 'third']) await put(name);
    await tick();
    calls.length = 0;
    clock.move(MINUTE);
    await schedule(deps, { time: clock.now(), policy: undefined }, {});
    expect(calls.sort()).toEqual([`get ${layout.cursors}`, 'list policies/']);
  });

  it('reads a changed policy once', async () => {
    const { clock, tick, put, calls } = setUp();
    await put('nightly');
    await put('other');
    await tick();
    await put('nightly', policy('nightly', 'deadline: 3h'));
    calls.length = 0;
    for (let minute = 0; minute < 3; minute += 1) {
      clock.move(MINUTE);
      await tick();
    }
    expect(calls.filter((call) => call.startsWith('get'))).toEqual(['get policies/nightly.yaml']);
    expect(calls.filter((call) => call.startsWith('list'))).toHaveLength(3);
  });

  it('requests one run of a slot that several cold instances handle at the same moment', async () => {
    const { clock, deps, store, tick, put, missed } = setUp();
    await put('nightly');
    await tick();
    clock.move(25 * HOUR);
    const event = { time: clock.now(), policy: undefined };
    await Promise.all(Array.from({ length: 5 }, () => schedule(deps, event, {})));
    expect((await listOpen(store)).requests.map(({ runId }) => runId)).toEqual([
      'nightly-20260102t183000z',
    ]);
    expect(await missed()).toEqual(['missed-nightly-20260101t183000z']);
    expect(await tick()).toEqual([]);
  });

  it('reads the freshness of a policy when one more of its slots has ended', async () => {
    const { clock, store, tick, put, calls } = setUp();
    await put('nightly');
    await tick();
    clock.move(10 * MINUTE);
    const [runId = ''] = await tick();
    await store.remove([layout.request(runId)]);
    // Two hours to start within, two hours of deadline.
    clock.move(4 * HOUR);
    calls.length = 0;
    await tick();
    expect(calls).toEqual(['list policies/']);
    clock.move(1);
    await tick();
    expect(calls.slice(1)).toEqual([
      'list policies/',
      'get state/freshness/nightly.json',
      'get state/history/nightly.json',
      'get state/stale/nightly.json',
      'put state/cursors.json',
    ]);
    calls.length = 0;
    clock.move(MINUTE);
    await tick();
    expect(calls).toEqual(['list policies/']);
  });

  it('does not run the slots of a pause that ended early', async () => {
    const { clock, tick, put, missed } = setUp();
    await put('nightly', policy('nightly', 'paused_until: "2026-02-01T00:00:00Z"'));
    await tick();
    clock.move(72 * HOUR + 20 * MINUTE);
    await put('nightly');
    expect(await tick()).toEqual([]);
    expect(await missed()).toEqual([]);
  });

  it('runs only the newest slot after a gap, and reports the others as missed', async () => {
    const { clock, tick, put, missed } = setUp();
    await put('nightly');
    await tick();
    clock.move(49 * HOUR);
    expect(await tick()).toEqual(['nightly-20260103t183000z']);
    expect(await missed()).toEqual(['missed-nightly-20260102t183000z']);
  });

  it('reports a slot as missed when it is past start_within', async () => {
    const { clock, tick, put, missed } = setUp();
    await put('nightly');
    await tick();
    clock.move(6 * HOUR);
    expect(await tick()).toEqual([]);
    expect(await missed()).toEqual(['missed-nightly-20260101t183000z']);
    clock.move(MINUTE);
    await tick();
    expect(await missed()).toHaveLength(1);
  });

  it('schedules the other policies when the report of one is unreadable', async () => {
    const { clock, store, tick, put } = setUp();
    for (const name of ['nightly', 'other']) await put(name);
    await store.put(layout.request('nightly-20251231t183000z'), '{}');
    await store.put(layout.report('nightly-20251231t183000z'), '{"version":2}');
    await tick();
    clock.move(10 * MINUTE);
    expect(await tick()).toContain('other-20260101t183000z');
  });

  it('records no slot as missed that another instance has scheduled', async () => {
    const { clock, deps, store, tick, put, missed } = setUp();
    await put('nightly');
    await tick();
    const other: ScheduleMemory = {};
    for (let day = 0; day < 3; day += 1) {
      clock.move(day === 0 ? 10 * MINUTE : 24 * HOUR);
      const event = { time: clock.now(), policy: undefined };
      const [runId = ''] = (await schedule(deps, event, other)).requested;
      await store.remove([layout.request(runId)]);
      expect(runId).toMatch(/^nightly-/);
    }
    expect(await tick()).toEqual([]);
    expect(await missed()).toEqual([]);
  });

  it('schedules the other policies when one is invalid', async () => {
    const { clock, tick, put, events } = setUp();
    await put('broken', 'name: broken\nselect: {}\n');
    await put('nightly');
    await tick();
    expect(events()).toContain('policy_invalid');
    clock.move(10 * MINUTE);
    expect(await tick()).toEqual(['nightly-20260101t183000z']);
  });

  it('skips policies that are disabled, paused or gone, and does not catch up afterwards', async () => {
    const { clock, store, tick, put } = setUp();
    await put('off', policy('off', 'enabled: false'));
    await put('paused', policy('paused', 'paused_until: "2026-01-02T00:00:00Z"'));
    await put('gone');
    await tick();
    await store.remove([layout.policy('gone')]);
    clock.move(10 * MINUTE);
    expect(await tick()).toEqual([]);
    await put('off');
    clock.move(10 * HOUR);
    expect(await tick()).toEqual([]);
    clock.move(14 * HOUR);
    expect(await tick()).toEqual(['off-20260102t183000z', 'paused-20260102t183000z']);
  });

  it('requests the run even when drive cannot be woken', async () => {
    const { clock, deps, tick, put, events } = setUp();
    deps.wake.functiongraph.invokeAsync = () => Promise.reject(new Error('FSS.0429'));
    await put('nightly');
    await tick();
    clock.move(10 * MINUTE);
    expect(await tick()).toHaveLength(1);
    expect(events()).toContain('wake_failed');
  });
});

describe('schedule, by the timer of one policy', () => {
  it('takes the slot from the event, whatever the cron says', async () => {
    const { tick, put } = setUp();
    await put('nightly');
    expect(await tick('nightly', Date.UTC(2026, 0, 1, 5, 0, 7, 300))).toEqual([
      'nightly-20260101t050007z',
    ]);
  });

  it('takes the current minute as slot when the time cannot be read, and logs it', async () => {
    const { clock, deps, put, events } = setUp();
    await put('nightly');
    clock.move(17_000);
    const tick = { time: undefined, unreadable: 'yesterday', policy: 'nightly' };
    const { requested } = await schedule(deps, tick, {});
    clock.move(30_000);
    expect(requested).toEqual(['nightly-20260101t182000z']);
    expect(await schedule(deps, tick, {})).toEqual({ requested });
    expect(events()).toContain('timer_time_invalid');
  });

  it.each([
    ['unknown', undefined, 'policy_not_found'],
    ['broken', 'name: broken', 'policy_invalid'],
    ['off', policy('off', 'enabled: false'), 'timer_ignored'],
  ])('requests no run when the policy is %s', async (name, text, line) => {
    const { tick, put, events } = setUp();
    if (text !== undefined) await put(name, text);
    expect(await tick(name)).toEqual([]);
    expect(events()).toContain(line);
  });
});

describe('a timer that names an invalid policy', () => {
  it('has its slot notified as missed, once', async () => {
    const { store, tick, put, missed } = setUp();
    await put('nightly', 'name: [');
    await tick('nightly', SLOT);
    await tick('nightly', SLOT);
    const [hint = '', ...others] = await missed();
    expect(others).toEqual([]);
    expect(await readMissed(store, hint)).toMatchObject({ reason: 'policy_invalid', slots: 1 });
  });
});

describe('schedule, at its limits', () => {
  it('logs each request, and wakes drive only for one', async () => {
    const { lines, tick, put, woken } = setUp();
    await put('nightly');
    expect(await tick('nightly', SLOT)).toEqual(['nightly-20260101t183000z']);
    expect(lines).toEqual([
      {
        level: 'info',
        event: 'requested',
        run: 'nightly-20260101t183000z',
        policy: 'nightly',
        trigger: 'timer',
      },
    ]);
    expect(woken).toHaveLength(1);
    await tick();
    expect(woken).toHaveLength(1);
  });

  it('logs the text of a time that cannot be read', async () => {
    const { lines, tick, put } = setUp();
    await put('nightly');
    await tick('nightly', SLOT, 'half past two');
    expect(lines[0]).toEqual({
      level: 'warn',
      event: 'timer_time_invalid',
      found: 'half past two',
    });
  });

  it.each<[string, string, object]>([
    [
      'does not exist',
      '',
      {
        level: 'error',
        event: 'policy_not_found',
        message: 'a timer names policy nightly, but policies/nightly.yaml does not exist',
      },
    ],
    [
      'is broken',
      'name: [',
      { level: 'error', event: 'policy_invalid', message: expect.stringMatching(/./) as string },
    ],
    [
      'is disabled',
      policy('nightly', 'enabled: false'),
      { level: 'info', event: 'timer_ignored', reason: 'disabled' },
    ],
    [
      'is paused',
      policy('nightly', `paused_until: "2026-01-01T18:20:00.001Z"`),
      { level: 'info', event: 'timer_ignored', reason: 'paused' },
    ],
  ])('logs why a timer requests no run: its policy %s', async (_, text, line) => {
    const { lines, tick, put, woken } = setUp();
    if (text !== '') await put('nightly', text);
    expect(await tick('nightly', SLOT)).toEqual([]);
    expect(lines[0]).toEqual({ ...line, policy: 'nightly' });
    expect(woken).toEqual([]);
  });

  it('runs again from the moment a pause ends', async () => {
    const { tick, put } = setUp();
    await put('nightly', policy('nightly', `paused_until: "2026-01-01T18:20:00Z"`));
    expect(await tick('nightly', SLOT)).toHaveLength(1);
  });

  it('starts a slot until start_within has passed, and reports it as too late after that', async () => {
    for (const [over, runs] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const { clock, lines, tick, put, reasons } = setUp();
      await put('nightly');
      await tick();
      clock.move(10 * MINUTE + 2 * HOUR + over);
      expect(await tick()).toHaveLength(runs);
      expect(await reasons()).toEqual(runs === 1 ? [] : ['too_late']);
      if (runs === 0) {
        expect(lines).toContainEqual({
          level: 'warn',
          event: 'slots_missed',
          policy: 'nightly',
          reason: 'too_late',
          slots: 1,
        });
      }
    }
  });

  it('reports slots as superseded by the newest', async () => {
    const { clock, tick, put, reasons } = setUp();
    await put('nightly');
    await tick();
    clock.move(2 * 24 * HOUR + 10 * MINUTE);
    expect(await tick()).toEqual(['nightly-20260103t183000z']);
    expect(await reasons()).toEqual(['superseded']);
  });

  it('requests slots again that a clock ahead by over 10 minutes has skipped', async () => {
    for (const [ahead, runs] of [
      [10 * MINUTE, 0],
      [10 * MINUTE + 1, 1],
    ] as const) {
      const { clock, memory, tick, put } = setUp();
      await put('nightly');
      await tick();
      clock.move(10 * MINUTE);
      const { nightly } = memory.cursors ?? {};
      if (nightly === undefined) throw new Error('no cursor');
      memory.cursors = { nightly: { ...nightly, handled_until: clock.now() + ahead } };
      expect(await tick()).toHaveLength(runs);
    }
  });

  it('requests the runs of due policies while others are not due', async () => {
    const { clock, tick, put } = setUp();
    await put('hourly', policy('hourly').replace('0 30 2', '0 0 4'));
    await put('nightly');
    await tick();
    clock.move(10 * MINUTE);
    expect(await tick()).toEqual(['nightly-20260101t183000z']);
  });
});

describe('schedule, when the bucket refuses one object', () => {
  const RUN = 'nightly-20260101t183000z';
  const denied = () => Promise.reject(new PhonevaultError('access_denied', 'AccessDenied'));

  it.each([
    ['refused', denied],
    ['throttled', () => Promise.reject(new PhonevaultError('throttled', 'SlowDown'))],
  ])('requests the slots of the last two minutes when its cursors are %s', async (_, refuse) => {
    const { clock, deps, tick, put, memory, events } = setUp();
    await put('nightly');
    await tick();
    delete memory.cursors;
    const { get } = deps.store;
    deps.store.get = (key) => (key === layout.cursors ? refuse() : get(key));
    clock.move(11 * MINUTE);
    expect(await tick()).toEqual([RUN]);
    expect(events()).toContain('cursors_unreadable');
    deps.store.get = get;
    expect(Object.keys(await readCursors(deps.store))).toEqual(['nightly']);
  });

  it('requests no old slot when its cursors are lost', async () => {
    const { tick, put } = setUp(SLOT + MINUTE);
    await put('nightly');
    expect(await tick()).toEqual([]);
  });

  it('goes on when its cursors cannot be written', async () => {
    const { clock, deps, tick, put, events } = setUp();
    await put('nightly');
    const { put: write } = deps.store;
    deps.store.put = (key, body) => (key === layout.cursors ? denied() : write(key, body));
    await tick();
    clock.move(10 * MINUTE);
    expect(await tick()).toEqual([RUN]);
    expect(events()).toContain('cursors_not_written');
  });

  it('requests the other runs when one request is refused, and that one in the next minute', async () => {
    const { clock, deps, tick, put, events } = setUp();
    await put('nightly');
    await put('weekly');
    await tick();
    const { put: write } = deps.store;
    deps.store.put = (key, body) => (key === layout.request(RUN) ? denied() : write(key, body));
    clock.move(10 * MINUTE);
    expect(await tick()).toEqual(['weekly-20260101t183000z']);
    expect(events()).toContain('slot_delayed');
    deps.store.put = write;
    clock.move(MINUTE);
    expect(await tick()).toEqual([RUN]);
  });

  it('requests the run of a named policy whose file cannot be read', async () => {
    const { deps, tick, put, events } = setUp(SLOT);
    await put('nightly');
    const { get } = deps.store;
    deps.store.get = (key) => (key === layout.policy('nightly') ? denied() : get(key));
    expect(await tick('nightly', SLOT)).toEqual([RUN]);
    expect(events()).toContain('policy_delayed');
  });
});
