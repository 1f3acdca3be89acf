import { describe, expect, it } from 'vitest';
import { readReport } from '../../../lib/ledger/run/report.ts';
import type { Trace } from '../../../local/cph/world/traces.ts';
import {
  type Nursery,
  nursery,
  ON_PROVISIONED,
  shuffledBy,
  waysOf,
} from '../../../testing/provisioning.ts';

const MINUTE = 60_000;

/** Ids of the phones beyond the nursery's two. */
async function newPhones(world: Nursery): Promise<string[]> {
  const phones = await world.cloud.control.phones();
  return phones
    .slice(2)
    .map(({ phone_id }) => phone_id)
    .sort();
}

describe('first backup', () => {
  it('comes to each new phone once, in one run, however often and however its trace comes', async () => {
    const world = await nursery();
    const traces = await world.buy(3);
    const events = shuffledBy(traces.flatMap(waysOf), world.invocation().deps.random);

    await Promise.all(events.map(world.fire));
    await world.minutes(12);
    await Promise.all(events.map(world.fire));
    await world.minutes(12);

    const ids = traces.map((trace) => trace.resource_id).sort();
    expect(world.exported().sort()).toEqual(ids);
    const runs = await world.runIds();
    expect(runs).toHaveLength(1);
    const report = await readReport(world.invocation().deps.store, runs[0] ?? '');
    expect(report).toMatchObject({
      policy: 'newborn',
      trigger: 'provisioned',
      outcome: 'completed',
      counts: { selected: 3, exported: 3 },
    });
    expect(await world.inbox()).toEqual([]);
    expect(Object.keys(await world.given()).sort()).toEqual(ids);
  });

  it('comes again after a reset, once for each, and not for the trace of one before', async () => {
    const world = await nursery();
    const [created] = await world.buy(1);
    const phone = created?.resource_id ?? '';
    await world.fire({ cts: created });
    await world.minutes(10);
    expect(world.exported()).toEqual([phone]);

    const first = await world.reset(phone);
    await world.fire({ cts: first });
    await world.minutes(12);
    expect(world.exported()).toEqual([phone, phone]);

    for (const late of [first, created, first]) await world.fire({ cts: late });
    await world.minutes(12);
    expect(world.exported()).toEqual([phone, phone]);
    expect(await world.runIds()).toHaveLength(2);
  });

  it('counts two resets before the backup as one', async () => {
    const world = await nursery();
    const [phone] = await world.cloud.control.phones();
    for (const minutes of [2, 2]) {
      await world.fire({ cts: await world.reset(phone?.phone_id ?? '') });
      await world.minutes(minutes);
    }
    await world.minutes(14);
    expect(world.exported()).toEqual([phone?.phone_id]);
  });

  it('finds the phones of an order', async () => {
    const world = await nursery({ switches: { traceResource: 'order' } });
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

  it('comes to the new phones alone of a server that a purchase names', async () => {
    const world = await nursery();
    const [created] = await world.buy(2);
    const ids = await newPhones(world);
    const server = (await world.cloud.control.phones())[0]?.server_id;
    for (const trace of waysOf({ ...created, resource_id: server } as Trace)) {
      await world.fire(trace);
    }
    await world.minutes(14);
    expect(world.exported().sort()).toEqual(ids);
    expect(await world.inbox()).toEqual([]);
  });

  it('waits for the phones of a server that a purchase names to appear', async () => {
    const world = await nursery();
    const [created] = await world.buy(1);
    const [phone] = await newPhones(world);
    const model = world.cloud.world.fleet.phones.get(phone ?? '');
    if (model === undefined) throw new Error('no phone');
    world.cloud.world.fleet.removePhone(model);
    await world.fire({ cts: { ...created, resource_id: model.serverId } });
    await world.minutes(12);
    expect(world.exported()).toEqual([]);
    world.cloud.world.fleet.phones.set(model.id, model);
    world.cloud.world.fleet.order.push(model);
    await world.minutes(12);
    expect(world.exported()).toEqual([phone]);
  });

  it('finds the phones of a server that a message names', async () => {
    const world = await nursery();
    const [phone] = await world.cloud.control.phones();
    const message = { message_id: 'm1', message: `server ${phone?.server_id}` };
    await world.fire({ record: [{ smn: message }] });
    await world.minutes(12);
    expect(world.exported()).toHaveLength(2);
    expect(await world.inbox()).toEqual([]);
  });

  it('waits for a phone to run, and gives it up after two hours', async () => {
    const world = await nursery();
    const [created] = await world.buy(1);
    const phone = created?.resource_id ?? '';
    await world.cloud.control.setStatus(phone, 8);
    await world.fire({ cts: created });
    await world.minutes(100, 10);
    expect(world.exported()).toEqual([]);
    expect(await world.inbox()).toHaveLength(1);
    await world.minutes(30, 10);
    expect(await world.inbox()).toEqual([]);
    const told = world.lines.find(({ event }) => event === 'hint_dropped');
    expect(told).toMatchObject({ level: 'warn', waited_for: `${phone} stopped` });
  });

  it('exports a phone in time that runs an hour later', async () => {
    const world = await nursery();
    const [created] = await world.buy(1);
    const phone = created?.resource_id ?? '';
    await world.cloud.control.setStatus(phone, 8);
    await world.fire({ cts: created });
    await world.minutes(60, 10);
    await world.cloud.control.setStatus(phone, 2);
    await world.minutes(10);
    expect(world.exported()).toEqual([phone]);
  });

  it('makes several runs of more than a thousand phones', async () => {
    const world = await nursery({ phones: 1200, servers: 12 });
    const phones = (await world.cloud.control.phones()).filter(({ status }) => status === 2);
    const ids = phones.map(({ phone_id }) => phone_id);
    const half = (from: number, to: number) => ({
      smn: { message_id: `m${from}`, message: JSON.stringify({ phones: ids.slice(from, to) }) },
    });
    await world.fire({ record: [half(0, 600), half(600, 1200)] });
    await world.minutes(7);
    const runs = await world.runIds();
    expect(runs).toHaveLength(2);
    expect(ids.length).toBeGreaterThan(1000);
  }, 60_000);

  it.each([
    ['is not asked to', ON_PROVISIONED.replace('on_provisioned: true', '')],
    ['is disabled', `${ON_PROVISIONED}enabled: false`],
    ['is paused', `${ON_PROVISIONED}paused_until: "2030-01-01T00:00:00Z"`],
    ['selects other phones', ON_PROVISIONED.replace('"*"', '"other-*"')],
    ['is broken', 'name: newborn'],
    ['does not exist', ''],
  ])('does not come from a policy that %s', async (_, policy) => {
    const world = await nursery({ policy });
    for (const trace of await world.buy(2)) await world.fire({ cts: trace });
    await world.minutes(12);
    expect(world.exported()).toEqual([]);
    expect(await world.inbox()).toEqual([]);
  });

  it('is not given where a run of the policy is exporting the phone or has done so', async () => {
    const world = await nursery();
    const [created] = await world.buy(1);
    await world.minutes(1);
    world.clock.move(2 * MINUTE);
    const runId = await world.ask('newborn');
    await world.fire({ cts: created });
    await world.settle(runId);
    await world.minutes(12);
    expect(world.exported()).toHaveLength(3);
    expect(await world.inbox()).toEqual([]);
  });

  it('waits its turn where another policy exports the phone', async () => {
    const world = await nursery({ timings: { exportBase: 8 * MINUTE } });
    await world.putPolicy(
      ON_PROVISIONED.replace('newborn', 'second').replace('on_provisioned: true', ''),
      'second',
    );
    const [created] = await world.buy(1);
    world.clock.move(2 * MINUTE);
    await world.fire({ cts: created });
    await world.minutes(3);
    const other = await world.ask('second');
    await world.settle(other);
    await world.minutes(15);
    const of = world.exports.filter(({ phone_id }) => phone_id === created?.resource_id);
    expect(of.map(({ accepted }) => accepted)).toEqual([true, true]);
  });

  it('is narrowed to the policy that a message names', async () => {
    const world = await nursery();
    await world.putPolicy(ON_PROVISIONED.replace('newborn', 'second'), 'second');
    const [phone] = await world.cloud.control.phones();
    const message = JSON.stringify({ policy: 'second', phone_id: phone?.phone_id });
    await world.fire({ record: [{ smn: { message_id: 'm', message } }] });
    await world.minutes(12);
    expect(await world.runIds()).toEqual([expect.stringMatching(/^second-/)]);
  });

  it('comes after a reset, though the request of the one before arrives again after it', async () => {
    const world = await nursery();
    const [created] = await world.buy(1);
    await world.fire({ cts: created });
    await world.minutes(20);
    const [runId = ''] = await world.runIds();
    const { store } = world.invocation().deps;
    const plan = JSON.parse((await store.get(`runs/${runId}/plan.json`))?.body ?? '') as {
      request: unknown;
    };
    world.clock.move(10 * MINUTE);
    await world.fire({ cts: await world.reset(created?.resource_id ?? '') });
    world.clock.move(MINUTE);
    await store.put(`open/${runId}.json`, JSON.stringify(plan.request));
    await world.minutes(30);
    expect(world.exported()).toEqual([created?.resource_id, created?.resource_id]);
    expect(await world.inbox()).toEqual([]);
  });
});
