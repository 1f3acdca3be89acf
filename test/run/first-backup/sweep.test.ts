import { describe, expect, it } from 'vitest';
import { putSweep, sweepSlot } from '../../../lib/ledger/hints/hints.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { type Nursery, nursery, ON_PROVISIONED } from '../../../testing/provisioning.ts';

const MINUTE = 60_000;

/** The minute timers of both functions, for so many minutes. */
async function hours(world: Nursery, minutes: number, every = 1): Promise<void> {
  for (let minute = 0; minute < minutes; minute += every) {
    await world.tick();
    await world.minutes(every, every);
  }
}

const listings = (world: Nursery): number => {
  const counts = world.cloud.control.calls().cph?.['list-phones'];
  return (counts?.ok ?? 0) + (counts?.refused ?? 0);
};

describe('sweep', () => {
  it('finds phones that no event told of, and leaves those that were there before', async () => {
    const world = await nursery({ phones: 30, servers: 2 });
    await hours(world, 2);
    const traces = await world.buy(3);
    await hours(world, 32, 2);
    expect(world.exported().sort()).toEqual(traces.map((trace) => trace.resource_id).sort());
    expect(await world.runIds()).toHaveLength(1);
    expect(await world.inbox()).toEqual([]);
  });

  it('finds those on every page up to the first that it knows', async () => {
    const world = await nursery({ phones: 450, servers: 3 });
    await hours(world, 2);
    const before = listings(world);
    const traces = await world.buy(150);
    await hours(world, 17);
    const found = world.lines.filter(({ event }) => event === 'phones_found');
    const sum = found.reduce((total, { phones }) => total + Number(phones), 0);
    expect(sum).toBe(traces.length);
    // Two pages of new phones and one that is known; then pages to see whether they run, no more than 20 a look.
    expect(found).toHaveLength(2);
    expect(listings(world) - before).toBeLessThan(30);
  });

  it('looks every quarter of an hour, at one page, while nothing is new', async () => {
    const world = await nursery({ phones: 450, servers: 3 });
    await hours(world, 1);
    const before = listings(world);
    await hours(world, 60);
    expect(listings(world) - before).toBe(4);
    expect(world.exported()).toEqual([]);
  });

  it('is not asked for where no policy wants new phones', async () => {
    const world = await nursery({ policy: ON_PROVISIONED.replace('on_provisioned: true', '') });
    await world.tick();
    expect(await world.inbox()).toEqual([]);
    expect(await world.drive()).toMatchObject({ kind: 'idle' });
  });

  it('starts nothing for what was there when all that is remembered is lost', async () => {
    const world = await nursery({ phones: 40, servers: 2 });
    await hours(world, 2);
    const traces = await world.buy(2);
    await hours(world, 24);
    expect(world.exported()).toHaveLength(2);
    const { store } = world.invocation().deps;
    await store.remove([layout.provisioning, layout.cursors]);
    await hours(world, 40, 5);
    for (const trace of traces) await world.fire({ cts: trace });
    await hours(world, 20, 2);
    expect(world.exported()).toHaveLength(2);
  });

  it('counts a policy that is switched on later from then on', async () => {
    const world = await nursery({ policy: ON_PROVISIONED.replace('on_provisioned: true', '') });
    await hours(world, 2);
    await world.buy(2);
    await hours(world, 20, 5);
    await world.putPolicy(ON_PROVISIONED, 'newborn');
    await hours(world, 30, 5);
    expect(world.exported()).toEqual([]);
    const [trace] = await world.buy(1);
    await hours(world, 30, 2);
    expect(world.exported()).toEqual([trace?.resource_id]);
  });

  it('catches nothing up for a policy that was paused', async () => {
    const world = await nursery();
    await hours(world, 2);
    const until = new Date(world.clock.now() + 40 * MINUTE).toISOString();
    await world.putPolicy(`${ON_PROVISIONED}paused_until: "${until}"`, 'newborn');
    await hours(world, 10, 5);
    await world.buy(1);
    await hours(world, 60, 5);
    expect(world.exported()).toEqual([]);
    const [trace] = await world.buy(1);
    await hours(world, 30, 2);
    expect(world.exported()).toEqual([trace?.resource_id]);
  });

  it('goes on where its time ended', async () => {
    const world = await nursery({ phones: 5, servers: 1, limits: { readsPerMinute: 10_000 } });
    await hours(world, 2);
    await world.buy(2_150);
    await hours(world, 20);
    const found = world.lines.filter(({ event }) => event === 'phones_found');
    const sum = found.reduce((total, { phones }) => total + Number(phones), 0);
    expect(sum).toBe(2_150);
  }, 60_000);

  it('looks at once when a message names a policy alone', async () => {
    const world = await nursery();
    await hours(world, 2);
    const [trace] = await world.buy(1);
    await world.fire({ record: [{ smn: { message_id: 'm1', message: 'policy newborn' } }] });
    await world.minutes(9);
    expect(world.exported()).toEqual([trace?.resource_id]);
    expect(await world.inbox()).toEqual([]);
    expect(world.clock.now()).toBeGreaterThan(MINUTE);
  });

  it('looks in every quarter of an hour, however short before it a message had it look', async () => {
    const world = await nursery();
    await hours(world, 9);
    await world.fire({ record: [{ smn: { message_id: 'm1', message: 'policy newborn' } }] });
    await hours(world, 1);
    await world.buy(1);
    const found = () => world.lines.filter(({ event }) => event === 'phones_found');
    await hours(world, 5);
    expect(found()).toHaveLength(0);
    await hours(world, 1);
    expect(found()).toMatchObject([{ phones: 1 }]);
  });

  it('looks once a quarter, however often it is asked for', async () => {
    const world = await nursery({ phones: 450, servers: 3 });
    await hours(world, 1);
    const before = listings(world);
    const { store } = world.invocation().deps;
    for (let minute = 0; minute < 29; minute += 1) {
      await putSweep(store, sweepSlot(world.clock.now()));
      await world.minutes(1);
    }
    expect(listings(world) - before).toBe(1);
    expect(await world.inbox()).toEqual([]);
  });
});
