import { describe, expect, it } from 'vitest';
import { type ErrorCode, PhonevaultError, TimeUp } from '../../../lib/errors.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { saveInventory, startInventory } from '../../../lib/ledger/fleet/inventory.ts';
import { readPlan, writePlan } from '../../../lib/ledger/run/plan.ts';
import { type OpenRun, record } from '../../../lib/run/state/open-run.ts';
import { planRun } from '../../../lib/run/plan/plan-run.ts';
import { refusal, runScene, temporaryError } from '../../support/run-scene.ts';
import { withFailingStore } from '../../support/fake-stores.ts';
import { fleet, phone } from '../../support/fleet.ts';
import { policyText } from '../../support/policy-text.ts';
import { MINUTE, openRun, plannedPhone, T0 } from '../../support/runs.ts';

const RUN = 'nightly-20260102t023000z';
const HOUR = 60 * MINUTE;

/** A requested run, its policy, and a fleet of two phones; `fails`: the error that CPH returns instead. */
async function scene({
  text = policyText('nightly'),
  fails,
}: { text?: string; fails?: Error } = {}) {
  const { cph, calls } = fleet([phone('p1'), phone('p2')]);
  const made = runScene({
    ...cph,
    listPhones: (page) => (fails === undefined ? cph.listPhones(page) : Promise.reject(fails)),
  });
  const { deps, store, logged } = made;
  const run: OpenRun = { ...openRun(RUN, []), plan: undefined };
  await store.put(layout.policy('nightly'), text);
  const plan = (until = Infinity) => planRun(deps, run, until);
  return {
    ...made,
    calls,
    run,
    plan,
    planned: () => logged('planned').map(([, , fields]) => fields),
  };
}

const failing = (code: ErrorCode, message = 'no') =>
  scene({ fails: new PhonevaultError(code, message) });
const troubled = (run: OpenRun, ...times: number[]): void =>
  record(
    run,
    times.map((at) => ({ type: 'step_failed', at, code: 'unreachable', message: 'no' })),
  );

describe('planRun', () => {
  it('writes the plan, adopts it and logs it', async () => {
    const { run, store, plan, planned } = await scene();
    expect(await plan()).toBe(true);
    const written = await readPlan(store, RUN);
    expect(run.plan).toEqual(written?.plan);
    expect([...run.state.phones.keys()]).toEqual(['p1', 'p2']);
    expect(written?.plan).toMatchObject({ selected: 2, started_at: T0, request: run.request });
    expect(written?.plan.policy).toEqual({ etag: 'e1', text: policyText('nightly') });
    expect(planned()).toEqual([{ run: RUN, policy: 'nightly', phones: 2, code: undefined }]);
  });

  const denied = refusal({ code: 'access_denied', status: 403 });

  it.each(['all.json', 'all/'])(
    'uses the fleet that it has read when state/inventory/%s cannot be written',
    async (name) => {
      const { deps, run, logged } = await scene();
      const broken = withFailingStore(deps, 'put', denied, `${layout.state}inventory/${name}`);
      expect(await planRun(broken, run, Infinity)).toBe(true);
      expect(run.plan).toMatchObject({ selected: 2 });
      expect(run.plan?.failure).toBeUndefined();
      expect(logged('inventory_not_written')).toMatchObject([
        ['warn', 'inventory_not_written', { code: 'access_denied' }],
      ]);
    },
  );

  it.each([
    ['a large fleet', {}, `${layout.state}inventory/`],
    ['single phones', { select: '{ phones: [p1, p2] }' }, layout.readings],
  ])('goes on trying when what is read of %s cannot be kept', async (_, changes, key) => {
    const { deps, run, clock } = await scene({ text: policyText('nightly', changes) });
    const { listPhones } = deps.cph;
    deps.cph.listPhones = async (page) => {
      clock.move(1);
      return { ...(await listPhones(page)), count: 9 };
    };
    deps.cph.showPhone = async (phone_id) =>
      phone_id === 'p1' ? phone('p1') : Promise.reject(temporaryError());
    const broken = withFailingStore(deps, 'put', denied, key);
    const failed = planRun(broken, run, clock.now() + 1);
    await expect(failed).rejects.toMatchObject({ code: 'object_unwritable' });
    await expect(failed).rejects.toThrow(`${key} cannot be written: refused`);
    expect(run.plan).toBeUndefined();
  });

  it('adopts the plan that another drive wrote first', async () => {
    const { run, store, plan, planned } = await scene();
    const phones = [plannedPhone('other')];
    const other = openRun(RUN, phones).plan;
    if (other === undefined) throw new Error('no plan');
    await writePlan(store, other, phones);
    await plan();
    expect([...run.state.phones.keys()]).toEqual(['other']);
    expect(planned()).toMatchObject([{ phones: 1 }]);
  });

  it('writes a plan of many parts over several slices of time, each part once', async () => {
    const select = '{ name: "game-*", max_phones: 100000 }';
    const { run, store, deps, clock } = await scene({ text: policyText('nightly', { select }) });
    const phones = Array.from({ length: 30_000 }, (_, n) => phone(`p${n}`));
    const read = { ...startInventory(T0, undefined), finished_at: T0, phones };
    await saveInventory(store, read);
    const begun: number[] = [];
    let until = T0;
    const created: string[] = [];
    const begin = (key: string): void => {
      begun.push(clock.now() - until);
      clock.move(1_000);
      created.push(key);
    };
    const put: typeof store.put = (key, body) => (begin(key), store.put(key, body));
    const create: typeof store.create = (key, body) => (begin(key), store.create(key, body));
    deps.store = { ...store, put, create };
    let slices = 0;
    for (let isPlanned = false; !isPlanned && slices < 9; slices += 1) {
      until = clock.now() + 20_000;
      isPlanned = await planRun(deps, run, until).catch((error: unknown) => {
        if (error instanceof TimeUp) return false;
        throw error;
      });
    }
    expect(slices).toBeGreaterThan(1);
    expect(Math.max(...begun)).toBeLessThan(3_000);
    expect(new Set(created).size).toBe(31);
    expect(created).toHaveLength(31);
    expect(run.state.phones.size).toBe(30_000);
    expect((await readPlan(store, RUN))?.phones).toHaveLength(30_000);
  });

  it('returns false and writes no plan while the fleet is still being read', async () => {
    const { run, store, plan, planned } = await scene();
    expect(await plan(T0)).toBe(false);
    expect([run.plan, await readPlan(store, RUN), planned()]).toEqual([undefined, undefined, []]);
  });

  it('reads the fleet once for runs requested within a minute', async () => {
    const { run, clock, calls, plan } = await scene();
    await plan();
    clock.move(HOUR);
    run.requestedAt = T0 + MINUTE;
    await plan(clock.now());
    expect(calls).toHaveLength(1);
  });

  it('reads nothing for a run that was cancelled before its plan', async () => {
    const { run, plan, calls, lookups, planned } = await scene({ text: 'broken' });
    record(run, [{ type: 'cancel_seen', at: T0 }]);
    expect(await plan()).toBe(true);
    expect([run.plan?.failure, run.plan?.terms, calls, lookups]).toEqual([
      ...[undefined, undefined, [], []],
    ]);
    expect(planned()).toEqual([{ run: RUN, policy: 'nightly', phones: 0, code: undefined }]);
  });

  it('fails a run whose policy is gone', async () => {
    const { run, store, plan, planned } = await scene();
    await store.remove([layout.policy('nightly')]);
    expect(await plan()).toBe(true);
    const message = 'policies/nightly.yaml does not exist';
    expect(run.plan?.failure).toEqual({ code: 'policy_gone', message });
    expect(planned()).toEqual([{ run: RUN, policy: 'nightly', phones: 0, code: 'policy_gone' }]);
  });

  it('fails a run whose policy is invalid, with the first three errors', async () => {
    const text = policyText('nightly', { a: '1', b: '2', c: '3', d: '4' });
    const { run, plan } = await scene({ text });
    await plan();
    expect(run.plan?.failure?.code).toBe('policy_invalid');
    const message = run.plan?.failure?.message ?? '';
    expect(message).toMatch(/^a: .* b: .* c: /);
    expect(message).not.toContain('d:');
  });

  it.each([
    ['has another name than its file', policyText('weekly')],
    [
      'aims archives into the ledger',
      policyText('nightly', {
        export: '{ include: [/data/data], bucket: ledger, object_path: vault/x }',
      }),
    ],
  ])('fails a run whose policy %s', async (_, text) => {
    const { run, plan } = await scene({ text });
    await plan();
    expect(run.plan?.failure?.code).toBe('policy_invalid');
  });
});

describe('planRun, of a run that cannot be planned', () => {
  it('fails at once without permission', async () => {
    const { run, plan } = await failing('access_denied', 'm'.repeat(301));
    expect(await plan()).toBe(true);
    const message = 'm'.repeat(300);
    expect(run.plan?.failure).toEqual({ code: 'access_denied', message });
  });

  it('retries for two hours from the first failure, then fails', async () => {
    const { run, clock, plan } = await failing('unreachable');
    await expect(plan()).rejects.toMatchObject({ code: 'unreachable' });
    troubled(run, T0, T0 + HOUR);
    clock.move(2 * HOUR - 1);
    await expect(plan()).rejects.toMatchObject({ code: 'unreachable' });
    clock.move(1);
    expect(await plan()).toBe(true);
    expect(run.plan?.failure).toEqual({ code: 'unreachable', message: 'no' });
  });

  it('counts the two hours from the last time that it did not fail for long', async () => {
    const { run, clock, plan } = await failing('unreachable');
    troubled(run, T0);
    clock.move(2 * HOUR);
    await expect(plan()).rejects.toMatchObject({ code: 'unreachable' });
    troubled(run, T0 + 2 * HOUR, T0 + 3 * HOUR);
    clock.move(2 * HOUR - 1);
    await expect(plan()).rejects.toMatchObject({ code: 'unreachable' });
    clock.move(1);
    expect(await plan()).toBe(true);
  });

  it('never fails because a drive ran out of time', async () => {
    const { run, clock, plan } = await scene({ fails: new TimeUp() });
    troubled(run, T0, T0 + HOUR);
    clock.move(2 * HOUR);
    await expect(plan()).rejects.toBeInstanceOf(TimeUp);
  });

  it.each([
    ['refuses it, from the request on', refusal({ code: 'access_denied' }), []],
    ['does not answer, from the first failure on', temporaryError(), [T0, T0 + HOUR]],
  ])('fails when its plan cannot be written for two hours: OBS %s', async (_, error, times) => {
    const { run, clock, store, deps, plan } = await scene();
    deps.store.create = () => Promise.reject(error);
    run.requestedAt = T0;
    troubled(run, ...times);
    clock.move(2 * HOUR - 1);
    await expect(plan()).rejects.toBe(error);
    clock.move(1);
    expect(await plan()).toBe(true);
    const message = `runs/${RUN}/plan.json cannot be written: ${error.message}`;
    expect(run.plan?.failure).toEqual({ code: error.code, message });
    expect([run.state.phones.size, await readPlan(store, RUN)]).toEqual([0, undefined]);
  });

  it('retries however long ago the run was requested', async () => {
    const { run, plan } = await failing('unreachable');
    run.requestedAt = T0 - 3 * HOUR;
    await expect(plan()).rejects.toMatchObject({ code: 'unreachable' });
    expect(run.plan).toBeUndefined();
  });

  it.each([
    ['refused credentials', new PhonevaultError('credentials_refused', 'no')],
    ['programming errors', new TypeError('no function')],
  ])('throws %s, and never fails the run', async (_, fails) => {
    const { run, clock, store, plan } = await scene({ fails });
    troubled(run, T0);
    clock.move(3 * HOUR);
    await expect(plan()).rejects.toBe(fails);
    expect(await readPlan(store, RUN)).toBeUndefined();
  });
});
