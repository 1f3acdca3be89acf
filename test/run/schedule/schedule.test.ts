import { describe, expect, it } from 'vitest';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { listOpen, readRequest } from '../../../lib/ledger/run/request.ts';
import { writeReport } from '../../../lib/ledger/run/report.ts';
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
  const lines: string[] = [];
  const log = (event: string): void => void lines.push(event);
  const kicks: string[] = [];
  const deps = {
    clock,
    store: counted,
    ledger: { bucket: 'ledger', prefix: 'phonevault/' },
    log: { info: log, warn: log, error: log },
    wake: {
      functiongraph: { invokeAsync: async (urn: string) => void kicks.push(urn) },
      driveUrn: 'urn:fss:cn-north-4:p:function:default:drive' as string | undefined,
    },
  };
  const memory: ScheduleMemory = {};
  const tick = async (name?: string, time = clock.now()) =>
    (await schedule(deps, { time, policy: name }, memory)).requested;
  const put = (name: string, text = policy(name)) => store.put(layout.policy(name), text);
  const missed = async () => (await listOpen(store)).hints.filter((id) => id.startsWith('missed-'));
  return { clock, store, deps, calls, kicks, lines, memory, tick, put, missed };
}

describe('schedule, plain timer', () => {
  it('asks for a slot once it is due, and once only', async () => {
    const { clock, store, tick, put, kicks } = setUp();
    await put('nightly');
    expect(await tick()).toEqual([]);
    clock.move(10 * MINUTE);
    expect(await tick()).toEqual(['nightly-20260101t183000z']);
    expect(await readRequest(store, 'nightly-20260101t183000z')).toEqual({
      version: 1,
      run_id: 'nightly-20260101t183000z',
      policy: 'nightly',
      trigger: 'timer',
      slot: '20260101T183000Z',
    });
    expect(kicks).toHaveLength(1);
    clock.move(MINUTE);
    expect(await tick()).toEqual([]);
  });

  it('counts slots only from when the policy was first seen', async () => {
    const { tick, put } = setUp(SLOT + MINUTE);
    await put('nightly');
    expect(await tick()).toEqual([]);
  });

  it('costs one LIST in an idle minute of a warm instance', async () => {
    const { clock, tick, put, calls } = setUp();
    await put('nightly');
    await tick();
    calls.length = 0;
    clock.move(MINUTE);
    await tick();
    expect(calls).toEqual(['list policies/']);
  });

  it('costs a cold instance one LIST and one GET, whatever the number of policies', async () => {
    const { deps, clock, tick, put, calls } = setUp();
    for (const name of ['nightly', 'other', 'third']) await put(name);
    await tick();
    calls.length = 0;
    clock.move(MINUTE);
    await schedule(deps, { time: clock.now(), policy: undefined }, {});
    expect(calls.sort()).toEqual([`get ${layout.cursors}`, 'list policies/']);
  });

  it('reads what was changed, once', async () => {
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

  it('runs one slot once, however many cold instances see it at once', async () => {
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

  it('costs a GET of its history once one more slot of a policy should be over', async () => {
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
      'get state/history/nightly.json',
      'put state/cursors.json',
    ]);
    calls.length = 0;
    clock.move(MINUTE);
    await tick();
    expect(calls).toEqual(['list policies/']);
  });

  it('does not make up for the slots of a pause that is lifted before its time', async () => {
    const { clock, tick, put, missed } = setUp();
    await put('nightly', policy('nightly', 'paused_until: "2026-02-01T00:00:00Z"'));
    await tick();
    clock.move(72 * HOUR + 20 * MINUTE);
    await put('nightly');
    expect(await tick()).toEqual([]);
    expect(await missed()).toEqual([]);
  });

  it('takes the newest slot after a gap and notes the others as missed', async () => {
    const { clock, tick, put, missed } = setUp();
    await put('nightly');
    await tick();
    clock.move(49 * HOUR);
    expect(await tick()).toEqual(['nightly-20260103t183000z']);
    expect(await missed()).toEqual(['missed-nightly-20260102t183000z']);
  });

  it('runs nothing that is too late, and notes it', async () => {
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

  it('skips a slot while the timer run before is going, not when it is only untold', async () => {
    const { clock, store, tick, put, missed } = setUp();
    await put('nightly');
    await tick();
    clock.move(10 * MINUTE);
    const [first = ''] = await tick();
    clock.move(24 * HOUR);
    expect(await tick()).toEqual([]);
    expect(await missed()).toEqual(['missed-nightly-20260102t183000z']);
    const counts = { selected: 0, exported: 0, failed: 0, skipped: 0, timed_out: 0, cancelled: 0 };
    const at = new Date(clock.now()).toISOString();
    await writeReport(
      store,
      {
        run_id: first,
        policy: 'nightly',
        trigger: 'timer',
        slot: '20260101T183000Z',
        outcome: 'skipped',
        started_at: at,
        settled_at: at,
        counts,
        listing_complete: true,
      },
      [],
    );
    clock.move(24 * HOUR);
    expect(await tick()).toEqual(['nightly-20260103t183000z']);
  });

  it('lets a bad policy stop no other', async () => {
    const { clock, tick, put, lines } = setUp();
    await put('broken', 'name: broken\nselect: {}\n');
    await put('nightly');
    await tick();
    expect(lines).toContain('policy_invalid');
    clock.move(10 * MINUTE);
    expect(await tick()).toEqual(['nightly-20260101t183000z']);
  });

  it('runs no policy that is disabled, paused or gone, and does not catch up afterwards', async () => {
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

  it('survives a lost or refused kick', async () => {
    const { clock, deps, tick, put, lines } = setUp();
    deps.wake.functiongraph.invokeAsync = () => Promise.reject(new Error('FSS.0429'));
    await put('nightly');
    await tick();
    clock.move(10 * MINUTE);
    expect(await tick()).toHaveLength(1);
    expect(lines).toContain('kick_failed');
  });
});

describe('schedule, named timer', () => {
  it('takes the slot from the event and does not ask the cron', async () => {
    const { tick, put } = setUp();
    await put('nightly');
    expect(await tick('nightly', Date.UTC(2026, 0, 1, 5, 0, 7, 300))).toEqual([
      'nightly-20260101t050007z',
    ]);
  });

  it('gives the same run for the same event delivered again', async () => {
    const { store, tick, put } = setUp();
    await put('nightly');
    await tick('nightly', SLOT);
    await tick('nightly', SLOT);
    expect((await listOpen(store)).requests.map((r) => r.runId)).toEqual([
      'nightly-20260101t183000z',
    ]);
  });

  it('takes the minute for its slot where the time cannot be read, and says so', async () => {
    const { clock, deps, put, lines } = setUp();
    await put('nightly');
    clock.move(17_000);
    const tick = { time: undefined, unreadable: 'yesterday', policy: 'nightly' };
    const { requested } = await schedule(deps, tick, {});
    clock.move(30_000);
    expect(requested).toEqual(['nightly-20260101t182000z']);
    expect(await schedule(deps, tick, {})).toEqual({ requested });
    expect(lines).toContain('time_unreadable');
  });

  it.each([
    ['unknown', undefined, 'policy_gone'],
    ['broken', 'name: broken', 'policy_invalid'],
    ['off', policy('off', 'enabled: false'), 'not_scheduled'],
  ])('asks for nothing when the policy is %s', async (name, text, line) => {
    const { tick, put, lines } = setUp();
    if (text !== undefined) await put(name, text);
    expect(await tick(name)).toEqual([]);
    expect(lines).toContain(line);
  });
});

describe('schedule, at the edges', () => {
  /** The same, with the log's lines as they are written. */
  function told(start?: number) {
    const made = setUp(start);
    const lines: object[] = [];
    const say = (level: string) => (event: string, fields?: object) =>
      void lines.push({ level, event, ...fields });
    const deps = {
      ...made.deps,
      log: { info: say('info'), warn: say('warn'), error: say('error') },
    };
    const tick = async (name?: string, time?: number, unreadable?: string) =>
      (
        await schedule(
          deps,
          { time: time ?? made.clock.now(), policy: name, unreadable },
          made.memory,
        )
      ).requested;
    const reasons = async () => {
      const hints = await Promise.all(
        (await made.missed()).map((id) => made.store.get(layout.hint(id))),
      );
      return hints.map((hint) => (JSON.parse(hint?.body ?? '{}') as { reason: string }).reason);
    };
    return { ...made, lines, tick, reasons };
  }

  it('tells of a run that it asks for, and kicks drive for nothing else', async () => {
    const { lines, tick, put, kicks } = told();
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
    expect(kicks).toHaveLength(1);
    await tick();
    expect(kicks).toHaveLength(1);
  });

  it('tells of a time that it could not read only then', async () => {
    const { lines, tick, put } = told();
    await put('nightly');
    await tick('nightly', SLOT, 'half past two');
    expect(lines[0]).toEqual({ level: 'warn', event: 'time_unreadable', found: 'half past two' });
  });

  it.each<[string, string, object]>([
    [
      'is gone',
      '',
      {
        level: 'error',
        event: 'policy_gone',
        message: 'a timer names nightly, but there is no policies/nightly.yaml',
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
      { level: 'info', event: 'not_scheduled', reason: 'disabled' },
    ],
    [
      'is paused',
      policy('nightly', `paused_until: "2026-01-01T18:20:00.001Z"`),
      { level: 'info', event: 'not_scheduled', reason: 'paused' },
    ],
  ])('says why a named timer asks for nothing: its policy %s', async (_, text, line) => {
    const { lines, tick, put, kicks } = told();
    if (text !== '') await put('nightly', text);
    expect(await tick('nightly', SLOT)).toEqual([]);
    expect(lines).toEqual([{ ...line, policy: 'nightly' }]);
    expect(kicks).toEqual([]);
  });

  it('runs again in the moment in which a pause ends', async () => {
    const { tick, put } = told();
    await put('nightly', policy('nightly', `paused_until: "2026-01-01T18:20:00Z"`));
    expect(await tick('nightly', SLOT)).toHaveLength(1);
  });

  it('starts a slot up to the last moment that it may start in, and then says that it is too late', async () => {
    for (const [late, runs] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const { clock, lines, tick, put, reasons } = told();
      await put('nightly');
      await tick();
      clock.move(10 * MINUTE + 2 * HOUR + late);
      expect(await tick()).toHaveLength(runs);
      expect(await reasons()).toEqual(runs === 1 ? [] : ['too_late']);
      if (runs === 0) {
        expect(lines).toContainEqual({
          level: 'warn',
          event: 'missed',
          policy: 'nightly',
          reason: 'too_late',
          slots: 1,
        });
      }
    }
  });

  it('says that slots were superseded by the newest', async () => {
    const { clock, tick, put, reasons } = told();
    await put('nightly');
    await tick();
    clock.move(2 * 24 * HOUR + 10 * MINUTE);
    expect(await tick()).toEqual(['nightly-20260103t183000z']);
    expect(await reasons()).toEqual(['superseded']);
  });

  it('asks once more for slots that a clock far ahead had jumped over, and for none that it had not', async () => {
    for (const [ahead, runs] of [
      [10 * MINUTE, 0],
      [10 * MINUTE + 1, 1],
    ] as const) {
      const { clock, memory, tick, put } = told();
      await put('nightly');
      await tick();
      clock.move(10 * MINUTE);
      const { nightly } = memory.cursors ?? {};
      if (nightly === undefined) throw new Error('no cursor');
      memory.cursors = { nightly: { ...nightly, since: clock.now() + ahead } };
      expect(await tick()).toHaveLength(runs);
    }
  });

  it('asks for the run of any due policy, not only when all are due', async () => {
    const { clock, tick, put } = told();
    await put('hourly', policy('hourly').replace('0 30 2', '0 0 4'));
    await put('nightly');
    await tick();
    clock.move(10 * MINUTE);
    expect(await tick()).toEqual(['nightly-20260101t183000z']);
  });

  it('does not take runs of other policies, nor those that a person asked for, for an overlap', async () => {
    const { store, tick, put, reasons } = told();
    await put('nightly');
    const open = [
      'nightly-20260101t183000z-x',
      'night-20260101t183000z',
      'other-nightly-20260101t183000z',
      `nightly-${'a'.repeat(24)}`,
    ];
    for (const runId of open) await store.put(layout.request(runId), '{}');
    expect(await tick('nightly', SLOT + HOUR)).toHaveLength(1);
    await store.put(layout.request('nightly-20260101t183000z'), '{}');
    expect(await tick('nightly', SLOT + 2 * HOUR)).toEqual([]);
    expect(await reasons()).toEqual(['overlap']);
    expect(await tick('nightly', SLOT + 2 * HOUR)).toEqual([]);
  });

  it('skips no slot for a run that was quarantined', async () => {
    const { store, tick, put, missed } = told();
    await put('nightly');
    await store.put(layout.request('nightly-20260101t173000z'), '{}');
    await store.put(layout.quarantined('nightly-20260101t173000z'), '{}');
    expect(await tick('nightly', SLOT)).toHaveLength(1);
    expect(await missed()).toEqual([]);
  });

  it('asks for no run that is over, and none that was told as missed', async () => {
    const { store, tick, put, missed } = told();
    await put('nightly');
    await store.put(layout.report('nightly-20260101t183000z'), '{}');
    expect(await tick('nightly', SLOT)).toEqual([]);
    await store.put(layout.hint('missed-nightly-20260101t193000z'), '{}');
    expect(await tick('nightly', SLOT + HOUR)).toEqual([]);
    expect(await missed()).toHaveLength(1);
  });
});
