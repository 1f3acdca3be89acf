import { describe, expect, it } from 'vitest';
import type { Phone } from '../../../lib/cloud/cph/phone.ts';
import type { PhoneStatus } from '../../../lib/cloud/cph/phone-status.ts';
import type { RunEvent } from '../../../lib/ledger/run/events.ts';
import { fold } from '../../../lib/ledger/run/fold.ts';
import type { PlannedPhone, Terms } from '../../../lib/ledger/run/plan.ts';
import { awaitPhones } from '../../../lib/run/export/await-phones.ts';
import { type OpenRun, record } from '../../../lib/run/state/open-run.ts';
import { fleet, phone } from '../../support/fleet.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../support/runs.ts';

const RESTARTING = 'restarting';
const STOPPED = 'stopped';
const WAIT = 10 * MINUTE;

const waiting = (id: string, changes: Partial<PlannedPhone> = {}): PlannedPhone =>
  plannedPhone(id, { status: RESTARTING, waiting: true, ...changes });

/** A run whose phones wait, and CPH, to which they look like `seen`. */
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

/** CPH said that this phone does not run. */
const refuse = (run: OpenRun, phone_id: string, at: number) =>
  fold(run.state, [{ type: 'refused', at, phone_id, attempt: 1, code: 'CPS.0141' }]);

const ready = (phone_id: string, at = T0): RunEvent => ({ type: 'ready', at, phone_id });
const skipped = (phone_id: string, reason: string, at = T0): RunEvent => ({
  ...{ type: 'outcome', at, phone_id },
  ...{ outcome: 'skipped', reason },
});
const servers = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => `s${String(n).padStart(2, '0')}`);

describe('awaitStates', () => {
  it.each<[string, PhoneStatus, number, RunEvent[]]>([
    ['is ready when it runs', 'running', 0, [ready('p1')]],
    ['goes on waiting in a passing state', RESTARTING, WAIT - 1, []],
    ['ends as skipped when it is stopped', STOPPED, 0, [skipped('p1', 'stopped')]],
    ['ends as skipped in a state never seen', 'unknown_5', 0, [skipped('p1', 'unknown_5')]],
    [
      'ends as skipped when the wait is over',
      'resetting',
      WAIT,
      [skipped('p1', 'resetting', T0 + WAIT)],
    ],
    ['is ready though the wait is over', 'running', WAIT, [ready('p1', T0 + WAIT)]],
  ])('finds that a phone %s', async (_, status, after, expected) => {
    const { lookup, clock, run } = scene([waiting('p1')], [phone('p1', { status })]);
    clock.move(after);
    await lookup();
    expect(run.unwritten.events).toEqual(expected);
  });

  it('ends a phone that is gone as not found, and goes on to the next', async () => {
    const { lookup, run } = scene([waiting('p1'), waiting('p2')], [phone('p2')]);
    await lookup();
    const gone = { type: 'outcome', at: T0, phone_id: 'p1', outcome: 'failed' };
    expect(run.unwritten.events).toEqual([{ ...gone, reason: 'not_found' }, ready('p2')]);
  });

  it('looks at phones that wait and at no other', async () => {
    const planned = [plannedPhone('p1'), waiting('p2'), waiting('p3')];
    const { lookup, calls, run } = scene(planned, [phone('p2')]);
    record(run, [ready('p3')]);
    await lookup();
    expect(calls).toEqual(['show p2']);
  });

  it('looks at a phone that CPH has refused for its state, and counts the wait from there', async () => {
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

  it('dates what it finds by the end of the look, and judges it by the beginning', async () => {
    const { deps, clock, run } = scene([waiting('p1'), waiting('p2')], []);
    const showPhone = async (id: string) => {
      clock.move(WAIT / 2);
      return phone(id, { status: id === 'p1' ? 'running' : RESTARTING });
    };
    await awaitPhones({ ...deps, cph: { ...deps.cph, showPhone } }, run);
    expect(run.unwritten.events).toEqual([ready('p1', T0 + WAIT)]);
  });

  it('looks again after twenty seconds, not before', async () => {
    const { lookup, clock, calls } = scene([waiting('p1')], [phone('p1', { status: RESTARTING })]);
    await lookup();
    clock.move(19_999);
    await lookup();
    expect(calls).toHaveLength(1);
    clock.move(1);
    await lookup();
    expect(calls).toHaveLength(2);
  });

  it('looks at once at the first phone that waits', async () => {
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
  ])('looks at nothing of a run that %s', async (_, change) => {
    const { lookup, calls, run } = scene([waiting('p1')], [phone('p1')]);
    change(run);
    await lookup();
    expect([calls, run.unwritten.events]).toEqual([[], []]);
  });
});

describe('a look at many phones', () => {
  it('lists a server of which three or more wait, and asks for each of fewer', async () => {
    const on = (server_id: string, ...ids: string[]) => ids.map((id) => waiting(id, { server_id }));
    const planned = [...on('s1', 'a', 'b', 'c'), ...on('s2', 'd', 'e')];
    const running = planned.map(({ phone_id, server_id }) => phone(phone_id, { server_id }));
    const { lookup, calls, run } = scene(planned, running);
    await lookup();
    expect(calls).toEqual(['list s1 0', 'show d', 'show e']);
    expect(run.unwritten.events).toEqual(['a', 'b', 'c', 'd', 'e'].map((id) => ready(id)));
  });

  it('asks for a phone that its server does not list', async () => {
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

  it('makes twenty calls at most, lists included, and leaves the others for the next look', async () => {
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

  it('lists no server when its calls are used up', async () => {
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

  it('ends no phone whose state it has not seen, though the wait is over', async () => {
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

  it('looks at those first that it has not seen for longest', async () => {
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

  it('looks at those before them whose wait is over', async () => {
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

  it('sends no phone that was refused for its state before it has seen it running', async () => {
    const planned = servers(21).map((server_id) => plannedPhone(`p${server_id}`, { server_id }));
    const stopping = planned.map(({ phone_id }) => phone(phone_id, { status: 'stopping' }));
    const { lookup, clock, run } = scene(planned, stopping);
    for (const { phone_id } of planned) refuse(run, phone_id, T0);
    await lookup();
    clock.move(WAIT);
    await lookup();
    expect(run.unwritten.events.filter(({ type }) => type === 'ready')).toEqual([]);
  });

  it('looks first at the phones whose wait ends first', async () => {
    const planned = servers(20).map((server_id) => plannedPhone(`p${server_id}`, { server_id }));
    const { lookup, calls, run } = scene([...planned, waiting('last', { server_id: 's99' })], []);
    for (const { phone_id } of planned) refuse(run, phone_id, T0 + MINUTE);
    await lookup();
    expect(calls.slice(0, 2)).toEqual(['show last', 'show ps00']);
  });
});
