import { describe, expect, it } from 'vitest';
import { hasCode } from '../../lib/errors.ts';
import { layout } from '../../lib/ledger/store/layout.ts';
import type { FgContext } from '../../lib/runtime/context.ts';
import { requestRun } from '../../lib/run/request/request-run.ts';
import { drive, driveWindow } from '../../lib/run/drive/drive.ts';
import { type Night, night, NIGHTLY } from '../../testing/night.ts';

const MINUTE = 60_000;

async function small(text = NIGHTLY): Promise<Night> {
  const world = await night({ phones: 6, servers: 3, seed: 3 });
  if (text !== '') await world.putPolicy(text);
  return world;
}

async function messages({ cloud }: Night) {
  return (await cloud.control.messages()).map((message) => {
    const structure = JSON.parse(message.message_structure ?? '{}') as { https?: string };
    return JSON.parse(structure.https ?? '{}') as Record<string, unknown>;
  });
}

/** One drive with another context; the error it ends in, if it does. */
async function driveAs(world: Night, context: Partial<FgContext>): Promise<unknown> {
  const { deps, timeLeft, holder } = world.invocation(context);
  const window = driveWindow(deps.clock.now(), timeLeft());
  return drive(deps, { ...window, holder }).catch((error: unknown) => error);
}

const noAgency: Partial<FgContext> = {
  getToken: () => '',
  getSecurityAccessKey: () => '',
  getSecuritySecretKey: () => '',
  getSecurityToken: () => '',
};

/** Kills a drive right after it has written the plan, before it sends anything. */
async function killedOncePlanned(world: Night, runId: string): Promise<void> {
  for (let call = 1; ; call += 1) {
    if (!(await world.driveKilled(call, 'after'))) throw new Error('never planned');
    world.clock.move(2 * MINUTE);
    if ((await world.invocation().deps.store.get(layout.plan(runId))) !== undefined) return;
  }
}

describe('a run that cannot start', () => {
  it('says that its policy is gone', async () => {
    const world = await small();
    const runId = await world.ask();
    await world.invocation().deps.store.remove([layout.policy('nightly')]);
    const { report } = await world.settle(runId);
    expect(report).toMatchObject({ outcome: 'failed', reason: 'policy_gone', phones: [] });
    expect(await messages(world)).toMatchObject([{ kind: 'settled', reason: 'policy_gone' }]);
  });

  it('says what is wrong with a policy that was broken after it was asked for', async () => {
    const world = await small();
    const runId = await world.ask();
    await world.putPolicy(NIGHTLY.replace('select: { name: "*" }', 'select: {}'));
    const { report } = await world.settle(runId);
    expect(report).toMatchObject({ outcome: 'failed', reason: 'policy_invalid' });
    expect(report.message).toContain('select');
  });

  it('says that its bucket does not exist, before anything is exported', async () => {
    const world = await small(NIGHTLY.replace('phonevault-demo', 'no-such-bucket'));
    const { report } = await world.settle(await world.ask());
    expect(report).toMatchObject({ outcome: 'failed', reason: 'bucket_missing' });
    expect(report.message).toContain('no-such-bucket');
    expect(world.cloud.control.calls().cph?.['batch-storage']).toEqual({ ok: 0, refused: 0 });
  });

  it('fails rather than start when it selects more than max_phones', async () => {
    const world = await small(NIGHTLY.replace('name: "*"', 'name: "*", max_phones: 5'));
    const { report } = await world.settle(await world.ask());
    expect(report).toMatchObject({ outcome: 'failed', reason: 'too_many_phones' });
  });

  it('counts the phones that a request names, not all that its policy selects', async () => {
    const world = await night({ phones: 30, servers: 2, seed: 3 });
    await world.putPolicy(NIGHTLY.replace('name: "*"', 'name: "*", max_phones: 25'));
    const { deps } = world.invocation();
    const all = (await world.cloud.control.phones()).map(({ phone_id }) => phone_id);
    for (const count of [20, 21, 25, 26]) {
      const ask = { policy: 'nightly', token: `of-${count}`, trigger: 'http' } as const;
      const { runId } = await requestRun(deps, { ...ask, phones: all.slice(0, count) });
      const { report } = await world.settle(runId);
      const expected = count > 25 ? { reason: 'too_many_phones' } : { counts: { selected: count } };
      expect(report).toMatchObject(expected);
    }
  });

  it('is skipped when nothing matches', async () => {
    const world = await small(NIGHTLY.replace('name: "*"', 'name: "nothing-*"'));
    const { report } = await world.settle(await world.ask());
    expect(report).toMatchObject({ outcome: 'skipped', counts: { selected: 0 } });
  });
});

describe('phones that are not there', () => {
  it('reports a selected id that CPH does not list as not_found', async () => {
    const world = await small();
    const [phone] = await world.cloud.control.phones();
    const gone = '0123456789abcdef0123456789abcdef';
    await world.putPolicy(NIGHTLY.replace('name: "*"', `phones: [${phone?.phone_id}, ${gone}]`));
    const { phones } = await world.settle(await world.ask());
    expect(phones.find((p) => p.phone_id === gone)).toMatchObject({
      outcome: 'failed',
      reason: 'not_found',
      attempts: 0,
    });
    expect(phones.find((p) => p.phone_id === phone?.phone_id)?.outcome).toBe('exported');
  });

  it('fails the one that vanishes between plan and submit, and no other', async () => {
    const world = await small(`${NIGHTLY}max_in_flight_per_server: 1\n`);
    const runId = await world.ask();
    const all = await world.cloud.control.phones();
    const last =
      all
        .map((phone) => phone.phone_id)
        .sort()
        .at(-1) ?? '';
    await killedOncePlanned(world, runId);
    await world.cloud.control.deletePhone(last);
    const { phones, report } = await world.settle(runId);
    expect(phones.find((phone) => phone.phone_id === last)).toMatchObject({ outcome: 'failed' });
    expect(report.counts.exported).toBe(5);
  });
});

describe('credentials', () => {
  it('names the missing agency and its fix', async () => {
    const world = await small();
    await world.ask();
    const error = await driveAs(world, noAgency);
    expect(hasCode(error, 'credentials_missing') && error.hint).toContain('agency');
  });

  it('signs with the keys when the token is refused', async () => {
    const world = await small();
    const runId = await world.ask();
    const refused = { getToken: () => 'MIIexpired' };
    for (let minute = 0; minute < 5; minute += 1) {
      expect(await driveAs(world, refused)).toMatchObject({ kind: expect.any(String) as string });
      world.clock.move(MINUTE);
    }
    const report = await world.invocation().deps.store.get(layout.report(runId));
    expect(report?.body).toContain('"outcome":"completed"');
  });

  it('stops when all are refused, leaves the run open and tells it once, on the third drive', async () => {
    const world = await small();
    const runId = await world.ask();
    // The keys still open the bucket; CPH takes neither the token nor a signature.
    const fault = { service: 'cph', kind: 'error', status: 401, code: 'APIGW.0301' } as const;
    world.cloud.control.addFault(fault);
    for (let tick = 1; tick <= 3; tick += 1) {
      expect(hasCode(await driveAs(world, {}), 'credentials_refused')).toBe(true);
      expect(await messages(world)).toHaveLength(tick < 3 ? 0 : 1);
      world.clock.move(2 * MINUTE);
    }
    // From here on the keys are spared: five refusals in a row would lock them.
    expect(await driveAs(world, {})).toMatchObject({ kind: 'resting' });
    world.clock.move(5 * MINUTE);
    expect(hasCode(await driveAs(world, {}), 'credentials_refused')).toBe(true);
    expect(await messages(world)).toMatchObject([{ kind: 'credentials' }]);
    world.cloud.control.clearFaults();
    expect((await world.settle(runId)).report.outcome).toBe('completed');
  });
});

describe('ledger objects that cannot be read', () => {
  it.each([
    ['newer', '{"version":2}', 'object_newer'],
    ['broken', '{"version":1', 'object_invalid'],
  ])(
    'sets a %s request aside, tells it once and goes on with the others',
    async (_, body, reason) => {
      const world = await small();
      const runId = await world.ask();
      await world.invocation().deps.store.put(layout.request('other-20260101t183000z'), body);
      const { report } = await world.settle(runId);
      expect(report.outcome).toBe('completed');
      world.clock.move(MINUTE);
      await world.drive();
      await world.drive();
      expect(await messages(world)).toMatchObject([
        { kind: 'missed', run_id: 'other-20260101t183000z', reason },
        { kind: 'settled', run_id: runId },
      ]);
      const told = world.lines.filter(({ event }) => event === 'quarantined');
      expect(told).toMatchObject([{ level: 'error', code: reason }]);
    },
  );

  it('keeps the phones that a run quarantined is exporting from other runs, until its jobs have ended', async () => {
    const switches = { busyPhones: 'allow' } as const;
    const options = { phones: 6, servers: 3, seed: 3, switches };
    const world = await night({ ...options, timings: { exportBase: 9 * MINUTE } });
    await world.putPolicy(NIGHTLY);
    await world.putPolicy(NIGHTLY.replace('nightly', 'second'), 'second');
    const runId = await world.ask();
    await world.drive();
    const { store } = world.invocation().deps;
    await store.put(layout.logEntry(runId, '9-later', 1), '{"version":99}');
    world.clock.move(10_000);
    const { report } = await world.settle(await world.ask('second'));

    expect(report.outcome).toBe('completed');
    const jobs = [...world.cloud.world.jobs.byId.values()];
    expect(jobs).toHaveLength(2 * report.counts.exported);
    for (const { phoneId, begin } of jobs) {
      const before = jobs.filter((job) => job.phoneId === phoneId && job.begin < begin);
      for (const { end = Infinity } of before) expect(end).toBeLessThanOrEqual(begin);
    }
    await world.drive();
    expect(await store.list(layout.open)).toMatchObject([{ key: layout.request(runId) }]);
  });

  it('does not need what is only a cache', async () => {
    const world = await small();
    const { store } = world.invocation().deps;
    for (const key of [layout.limits, layout.cursors, layout.history('nightly'), layout.alarms]) {
      await store.put(key, 'not json');
    }
    expect((await world.settle(await world.ask())).report.outcome).toBe('completed');
  });
});

describe('cancel', () => {
  it('follows what is running and sends nothing more', async () => {
    const world = await small(`${NIGHTLY}max_in_flight_per_server: 1\n`);
    const runId = await world.ask();
    await world.driveKilled(24, 'after');
    await world.invocation().deps.store.put(layout.cancel(runId), '{"version":1}');
    world.clock.move(2 * MINUTE);
    const { report } = await world.settle(runId);
    expect(report.outcome).toBe('cancelled');
    expect(report.counts.cancelled).toBeGreaterThan(0);
    expect(report.counts.exported + report.counts.cancelled).toBe(6);
    const open = await world.invocation().deps.store.list('open/');
    expect(open).toEqual([]);
  });

  it('ends a run that has not begun', async () => {
    const world = await small();
    const runId = await world.ask();
    await world.invocation().deps.store.put(layout.cancel(runId), '{"version":1}');
    const { report } = await world.settle(runId);
    expect(report.outcome).toBe('cancelled');
    expect(report.counts.exported).toBe(0);
  });
});
