import { describe, expect, it } from 'vitest';
import { type Night, night, NIGHTLY } from '../../../testing/night.ts';
import { changePower, type PowerKind } from '../../../local/cph/world/power.ts';
import type { Phone } from '../../../lib/cloud/cph/phone.ts';
import type { PhoneStatus } from '../../../lib/cloud/cph/phone-status.ts';
import type { RunEvent } from '../../../lib/ledger/run/events.ts';
import { fold } from '../../../lib/ledger/run/fold.ts';
import type { PlannedPhone, Terms } from '../../../lib/ledger/run/plan.ts';
import { awaitPhones } from '../../../lib/run/export/await-phones.ts';
import { type OpenRun, record } from '../../../lib/run/state/open-run.ts';
import { refusal } from '../../support/run-scene.ts';
import { fleet, phone } from '../../support/fleet.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../support/runs.ts';
import { useLightS3 } from '../../../testing/cloud/light-s3.ts';

useLightS3();

const RESTARTING = 'restarting';
const STOPPED = 'stopped';
const WAIT = 10 * MINUTE;

const waiting = (id: string, changes: Partial<PlannedPhone> = {}): PlannedPhone =>
  plannedPhone(id, { status: RESTARTING, waiting: true, ...changes });

/** A run whose phones wait, and a CPH that lists `seen`. */
function scene(planned: PlannedPhone[], seen: Phone[], terms: Partial<Terms> = {}) {
  const clock = playClock(T0);
  const { cph, calls } = fleet(seen);
  const run = openRun('nightly-1', planned, { terms });
  return {
    clock,
    calls,
    run,
    deps: { cph, clock },
    lookup: () => awaitPhones({ cph, clock }, run),
  };
}

/** CPH refuses the phone because it is not running. */
const refuse = (run: OpenRun, phone_id: string, at: number) =>
  fold(run.state, [{ type: 'refused', at, phone_id, attempt: 1, code: 'CPS.0141' }]);

const ready = (phone_id: string, at = T0): RunEvent => ({ type: 'ready', at, phone_id });
const skipped = (phone_id: string, reason: string, at = T0): RunEvent => ({
  ...{ type: 'outcome', at, phone_id },
  ...{ outcome: 'skipped', reason },
});
const servers = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => `s${String(n).padStart(2, '0')}`);

describe('awaitPhones', () => {
  it.each<[string, PhoneStatus, number, RunEvent[]]>([
    ['is ready when it runs', 'running', 0, [ready('p1')]],
    ['keeps waiting in a transient state', RESTARTING, WAIT - 1, []],
    ['ends as skipped when it is stopped', STOPPED, 0, [skipped('p1', 'stopped')]],
    ['ends as skipped in an unknown state', 'unknown_5', 0, [skipped('p1', 'unknown_5')]],
    [
      'ends as skipped when the wait is over',
      'resetting',
      WAIT,
      [skipped('p1', 'resetting', T0 + WAIT)],
    ],
    ['is ready although the wait is over', 'running', WAIT, [ready('p1', T0 + WAIT)]],
  ])('finds that a phone %s', async (_, status, after, expected) => {
    const { lookup, clock, run } = scene([waiting('p1')], [phone('p1', { status })]);
    clock.move(after);
    await lookup();
    expect(run.unwritten.events).toEqual(expected);
  });

  it('looks up the phones of other servers, and each by itself, when CPH refuses the list of one', async () => {
    const planned = ['a', 'b', 'c'].map((id) => waiting(id, { server_id: 's1' }));
    const { deps, run } = scene(
      [...planned, waiting('d', { server_id: 's2' })],
      ['b', 'c', 'd'].map((id) => phone(id)),
    );
    deps.cph.listPhones = async () => {
      throw refusal({ status: 400, serviceCode: 'CPS.0016' });
    };
    await expect(awaitPhones(deps, run)).rejects.toMatchObject({ serviceCode: 'CPS.0016' });
    expect(run.unwritten.events).toEqual([
      { type: 'outcome', at: T0, phone_id: 'a', outcome: 'failed', reason: 'not_found' },
      ...['b', 'c', 'd'].map((id) => ready(id)),
    ]);
  });

  it('keeps what it found, and makes no more calls, when a call is throttled', async () => {
    const planned = ['a', 'b', 'c'].map((id) => waiting(id, { server_id: id }));
    const { deps, run, calls } = scene(
      planned,
      ['a', 'b', 'c'].map((id) => phone(id)),
    );
    const { showPhone } = deps.cph;
    deps.cph.showPhone = async (id) => {
      if (id === 'b') throw refusal({ code: 'throttled', status: 429 });
      return showPhone(id);
    };
    await expect(awaitPhones(deps, run)).rejects.toMatchObject({ code: 'throttled' });
    expect(run.unwritten.events).toEqual([ready('a')]);
    expect(calls).toEqual(['show a']);
  });

  it('fails a phone that no longer exists as not_found, and continues with the next', async () => {
    const { lookup, run } = scene([waiting('p1'), waiting('p2')], [phone('p2')]);
    await lookup();
    const gone = { type: 'outcome', at: T0, phone_id: 'p1', outcome: 'failed' };
    expect(run.unwritten.events).toEqual([{ ...gone, reason: 'not_found' }, ready('p2')]);
  });

  it('looks up waiting phones only', async () => {
    const planned = [plannedPhone('p1'), waiting('p2'), waiting('p3')];
    const { lookup, calls, run } = scene(planned, [phone('p2')]);
    record(run, [ready('p3')]);
    await lookup();
    expect(calls).toEqual(['show p2']);
  });

  it('looks up a phone that CPH refused because of its state, and counts its wait from the refusal', async () => {
    const { lookup, clock, run } = scene(
      [plannedPhone('p1')],
      [phone('p1', { status: RESTARTING })],
    );
    refuse(run, 'p1', T0 + MINUTE);
    clock.move(WAIT);
    await lookup();
    expect(run.unwritten.events).toEqual([]);
    clock.move(MINUTE);
    await lookup();
    expect(run.unwritten.events).toEqual([skipped('p1', 'restarting', T0 + WAIT + MINUTE)]);
  });

  it('dates its events by the end of the lookup, and measures the wait at its start', async () => {
    const { deps, clock, run } = scene([waiting('p1'), waiting('p2')], []);
    const showPhone = async (id: string) => {
      clock.move(WAIT / 2);
      return phone(id, { status: id === 'p1' ? 'running' : RESTARTING });
    };
    await awaitPhones({ ...deps, cph: { ...deps.cph, showPhone } }, run);
    expect(run.unwritten.events).toEqual([ready('p1', T0 + WAIT)]);
  });

  it('looks up again after twenty seconds, not earlier', async () => {
    const { lookup, clock, calls } = scene([waiting('p1')], [phone('p1', { status: RESTARTING })]);
    await lookup();
    clock.move(19_999);
    await lookup();
    expect(calls).toHaveLength(1);
    clock.move(1);
    await lookup();
    expect(calls).toHaveLength(2);
  });

  it('looks up the first waiting phone at once', async () => {
    const { lookup, calls, run } = scene([plannedPhone('p1')], [phone('p1')]);
    await lookup();
    expect([calls, run.retryAt.phoneStates]).toEqual([[], 0]);
    refuse(run, 'p1', T0);
    await lookup();
    expect(calls).toEqual(['show p1']);
  });

  it.each<[string, (run: OpenRun) => void]>([
    ['has no plan', (run) => (run.plan = undefined)],
    ['failed before it started', (run) => delete run.plan?.terms],
  ])('looks up nothing for a run that %s', async (_, change) => {
    const { lookup, calls, run } = scene([waiting('p1')], [phone('p1')]);
    change(run);
    await lookup();
    expect([calls, run.unwritten.events]).toEqual([[], []]);
  });
});

describe('a lookup of many phones', () => {
  it('lists a server with three or more waiting phones, and gets fewer phones one by one', async () => {
    const on = (server_id: string, ...ids: string[]) => ids.map((id) => waiting(id, { server_id }));
    const planned = [...on('s1', 'a', 'b', 'c'), ...on('s2', 'd', 'e')];
    const running = planned.map(({ phone_id, server_id }) => phone(phone_id, { server_id }));
    const { lookup, calls, run } = scene(planned, running);
    await lookup();
    expect(calls).toEqual(['list s1 0', 'show d', 'show e']);
    expect(run.unwritten.events).toEqual(['a', 'b', 'c', 'd', 'e'].map((id) => ready(id)));
  });

  it('gets a phone that the list of its server lacks', async () => {
    const { deps, calls, run } = scene(
      [waiting('a'), waiting('b'), waiting('c')],
      [phone('a'), phone('c')],
    );
    const showPhone: typeof deps.cph.showPhone = (id) =>
      deps.cph.showPhone(id).then(() => (id === 'b' ? phone('b', { status: STOPPED }) : undefined));
    await awaitPhones({ ...deps, cph: { ...deps.cph, showPhone } }, run);
    expect(calls).toEqual(['list s1 0', 'show b']);
    expect(run.unwritten.events).toEqual([ready('a'), skipped('b', 'stopped'), ready('c')]);
  });

  it('makes at most twenty calls, lists included, and leaves the rest to the next lookup', async () => {
    const planned = servers(24).flatMap((server_id, n) =>
      (n % 2 === 0 ? ['a', 'b', 'c'] : ['a']).map((id) => waiting(id + server_id, { server_id })),
    );
    const running = planned.map(({ phone_id, server_id }) => phone(phone_id, { server_id }));
    const { lookup, calls, clock, run } = scene(planned, running);
    await lookup();
    expect(calls).toHaveLength(20);
    expect(run.unwritten.events).toHaveLength(40);
    clock.move(20_000);
    await lookup();
    expect(calls.slice(20)).toEqual(['list s20 0', 'show as21', 'list s22 0', 'show as23']);
    expect(run.unwritten.events).toHaveLength(48);
  });

  it('lists no server when all calls are used', async () => {
    const planned = [
      ...servers(20).map((server_id) => waiting(`a${server_id}`, { server_id })),
      ...['x', 'y', 'z'].map((id) => waiting(id, { server_id: 's99' })),
    ];
    const { lookup, calls, run } = scene(planned, []);
    await lookup();
    expect(calls).toHaveLength(20);
    expect(
      run.unwritten.events.flatMap((event) => ('phone_id' in event ? event.phone_id : [])),
    ).toEqual(servers(20).map((server) => `a${server}`));
  });

  it('skips no phone without a lookup, although its wait is over', async () => {
    const planned = servers(21).map((server_id) => waiting(`p${server_id}`, { server_id }));
    const seen = planned.map(({ phone_id }, n) =>
      phone(phone_id, { status: n < 20 ? 'resetting' : 'running' }),
    );
    const { lookup, clock, run } = scene(planned, seen);
    clock.move(WAIT);
    await lookup();
    const reasons = run.unwritten.events.map((event) => 'reason' in event && event.reason);
    expect(reasons).toEqual(Array<string>(20).fill('resetting'));
    clock.move(20_000);
    await lookup();
    expect(run.unwritten.events.slice(20)).toEqual([ready('ps20', T0 + WAIT + 20_000)]);
  });

  it('looks up the phones with the oldest lookup first', async () => {
    const planned = servers(21).map((server_id) => waiting(`p${server_id}`, { server_id }));
    const seen = planned.map(({ phone_id }, n) =>
      phone(phone_id, { status: n < 20 ? 'resetting' : 'running' }),
    );
    const { lookup, calls, clock, run } = scene(planned, seen);
    await lookup();
    clock.move(20_000);
    await lookup();
    expect(calls.slice(20, 22)).toEqual(['show ps20', 'show ps00']);
    expect(run.unwritten.events).toEqual([ready('ps20', T0 + 20_000)]);
    clock.move(20_000);
    await lookup();
    expect(calls.slice(40, 42)).toEqual(['show ps19', 'show ps00']);
  });

  it('looks up phones whose wait is over before all others', async () => {
    const planned = servers(20).map((server_id) => plannedPhone(`p${server_id}`, { server_id }));
    const { lookup, calls, clock, run } = scene(
      [...planned, waiting('last', { server_id: 's99' })],
      [
        ...planned.map(({ phone_id }) => phone(phone_id, { status: 'resetting' })),
        phone('last', { status: 'resetting' }),
      ],
    );
    await lookup();
    expect(calls.splice(0)).toEqual(['show last']);
    for (const { phone_id } of planned) refuse(run, phone_id, T0 + MINUTE);
    clock.move(WAIT);
    await lookup();
    expect(calls.slice(0, 2)).toEqual(['show last', 'show ps00']);
  });

  it('does not mark a refused phone as ready before a lookup finds it running', async () => {
    const planned = servers(21).map((server_id) => plannedPhone(`p${server_id}`, { server_id }));
    const stopping = planned.map(({ phone_id }) => phone(phone_id, { status: 'stopping' }));
    const { lookup, clock, run } = scene(planned, stopping);
    for (const { phone_id } of planned) refuse(run, phone_id, T0);
    await lookup();
    clock.move(WAIT);
    await lookup();
    expect(run.unwritten.events.filter(({ type }) => type === 'ready')).toEqual([]);
  });

  it('looks up the phones whose wait ends first before others', async () => {
    const planned = servers(20).map((server_id) => plannedPhone(`p${server_id}`, { server_id }));
    const { lookup, calls, run } = scene([...planned, waiting('last', { server_id: 's99' })], []);
    for (const { phone_id } of planned) refuse(run, phone_id, T0 + MINUTE);
    await lookup();
    expect(calls.slice(0, 2)).toEqual(['show last', 'show ps00']);
  });
});

const SECOND = 1_000;
const POLICY = `${NIGHTLY}max_in_flight_per_server: 1\nwait_for_phones: 10m\n`;

/** Two phones of one server, of which the second waits its turn while the first is exported. */
async function turns(resetting: number): Promise<{ world: Night; second: string; runId: string }> {
  const timings = { exportBase: 90 * SECOND, resetting: [resetting, resetting] as const };
  const world = await night({ phones: 2, servers: 1, seed: 3, timings });
  await world.putPolicy(POLICY);
  const runId = await world.requestRun();
  await world.minute();
  const phones = await world.cloud.control.phones();
  const second = phones.find(({ phone_id }) => phone_id !== world.exports[0]?.phone_id);
  return { world, second: second?.phone_id ?? '', runId };
}

function power(world: Night, kind: PowerKind, phoneId: string): void {
  const phone = world.cloud.world.fleet.phones.get(phoneId);
  if (phone === undefined) throw new Error('no such phone');
  changePower(world.cloud.world, kind, phone, `${kind}-1`);
}

describe('a phone that stops before it is exported', () => {
  it('is exported once it runs again, with a single refusal', async () => {
    const { world, second, runId } = await turns(6 * MINUTE);
    power(world, 'reset', second);
    const { phones } = await world.settle(runId);
    expect(phones.map(({ outcome }) => outcome)).toEqual(['exported', 'exported']);
    const attempts = world.exports.filter(({ phone_id }) => phone_id === second);
    expect(attempts.map(({ accepted }) => accepted)).toEqual([false, true]);
  });

  it('is skipped when it does not run by the end of the wait, counted from the refusal', async () => {
    const { world, second, runId } = await turns(30 * MINUTE);
    power(world, 'reset', second);
    const { phones, report } = await world.settle(runId);
    const phone = phones.find(({ phone_id }) => phone_id === second);
    expect(phone).toMatchObject({ outcome: 'skipped', reason: 'resetting', attempts: 0 });
    const refusedAt = world.exports.find(({ phone_id }) => phone_id === second)?.at ?? 0;
    const waited = Date.parse(report.settled_at) - refusedAt;
    expect(waited).toBeGreaterThanOrEqual(10 * MINUTE);
    expect(waited).toBeLessThan(12 * MINUTE);
  });

  it('is skipped as stopped when a person stopped it', async () => {
    const { world, second, runId } = await turns(MINUTE);
    power(world, 'stop', second);
    const { phones } = await world.settle(runId);
    const phone = phones.find(({ phone_id }) => phone_id === second);
    expect(phone).toMatchObject({ outcome: 'skipped', reason: 'stopped' });
  });
});
