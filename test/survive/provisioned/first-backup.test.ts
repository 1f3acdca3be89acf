import { readPlan } from '../../../lib/ledger/run/plan.ts';
import { putRequest } from '../../../lib/ledger/run/request.ts';
import { describe, expect, it } from 'vitest';
import { type FirstBackupNight, firstBackupNight } from '../../../testing/provisioning.ts';
import { useLightS3 } from '../../../testing/cloud/light-s3.ts';

const MINUTE = 60_000;

/** The minute timers of schedule and drive, for so many minutes. */
async function timers(world: FirstBackupNight, minutes: number, every = 1): Promise<void> {
  for (let minute = 0; minute < minutes; minute += every) {
    await world.tick();
    await world.minutes(every, every);
  }
}

useLightS3();

describe('a first backup', () => {
  it('is made once for each reset, however often the traces of earlier resets arrive', async () => {
    const world = await firstBackupNight();
    const [created] = await world.buy(1);
    const phone = created?.resource_id ?? '';
    await world.fire({ cts: created });
    await world.minutes(10, 2);
    expect(world.exported()).toEqual([phone]);

    const first = await world.reset(phone);
    await world.fire({ cts: first });
    await world.minutes(12, 2);
    expect(world.exported()).toEqual([phone, phone]);

    for (const trace of [first, created, first]) await world.fire({ cts: trace });
    await world.minutes(12, 4);
    expect(world.exported()).toEqual([phone, phone]);
    expect(await world.runIds()).toHaveLength(2);
  });

  it('is made after a reset although the request of the run before the reset is written again', async () => {
    const world = await firstBackupNight();
    const [created] = await world.buy(1);
    await world.fire({ cts: created });
    await world.minutes(20, 2);
    const [runId = ''] = await world.runIds();
    const { store } = world.invocation().deps;
    const { plan } = (await readPlan(store, runId)) ?? {};
    if (plan === undefined) throw new Error('no plan');
    world.clock.move(10 * MINUTE);
    await world.fire({ cts: await world.reset(created?.resource_id ?? '') });
    world.clock.move(MINUTE);
    await putRequest(store, plan.request);
    await world.minutes(30, 2);
    expect(world.exported()).toEqual([created?.resource_id, created?.resource_id]);
    expect(await world.inbox()).toEqual([]);
  });

  it('is made of the phones of an order', async () => {
    const world = await firstBackupNight({ switches: { traceResource: 'order' } });
    const before = new Set((await world.cloud.control.phones()).map(({ phone_id }) => phone_id));
    const [trace] = await world.buy(3);
    expect(trace?.resource_id).toMatch(/^CS/);
    await world.fire({ cts: trace });
    await world.minutes(15);
    const phones = (await world.cloud.control.phones()).map(({ phone_id }) => phone_id);
    expect(world.exported().sort()).toEqual(phones.filter((id) => !before.has(id)).sort());
    expect(await world.runIds()).toHaveLength(1);
    expect(await world.inbox()).toEqual([]);
  });

  it('waits for the phones of a purchased server to appear', async () => {
    const world = await firstBackupNight();
    const { fleet } = world.cloud.world;
    const [created] = await world.buy(1);
    const phone = fleet.order.at(-1);
    if (phone === undefined) throw new Error('no phone');
    fleet.removePhone(phone);
    await world.fire({ cts: { ...created, resource_id: phone.serverId } });
    await world.minutes(12, 4);
    expect(world.exported()).toEqual([]);
    fleet.phones.set(phone.id, phone);
    fleet.order.push(phone);
    await world.minutes(12, 2);
    expect(world.exported()).toEqual([phone.id]);
  });

  it('is made of new phones that no event names, and not of older phones', async () => {
    const world = await firstBackupNight({ phones: 30, servers: 2 });
    await timers(world, 2);
    const traces = await world.buy(3);
    await timers(world, 32, 4);
    expect(world.exported().sort()).toEqual(traces.map((trace) => trace.resource_id).sort());
    expect(await world.runIds()).toHaveLength(1);
    expect(await world.inbox()).toEqual([]);
  });

  it.each<[string, (now: number) => object]>([
    ['is a day ahead', (now) => ({ time: now + 24 * 60 * MINUTE })],
    ['has no zone', () => ({ time: '2026-01-01 02:30:00', record_time: null })],
  ])('is not made again for a reset whose time %s', async (_, timeOf) => {
    const world = await firstBackupNight();
    const [created] = await world.buy(1);
    await world.fire({ cts: created });
    await world.minutes(10);
    const trace = await world.reset(created?.resource_id ?? '');
    await world.fire({ cts: { ...trace, ...timeOf(world.clock.now()) } });
    await world.minutes(12);
    expect(world.exported()).toEqual([created?.resource_id]);
    const [warning] = world.lines.filter(({ event }) => event === 'hint_time_invalid');
    expect(warning).toMatchObject({ level: 'warn' });
  });
});
