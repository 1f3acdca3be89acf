import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../lib/ledger/store/memory-store.ts';
import { createReadings } from '../../../lib/run/reads/readings.ts';
import { readInventory } from '../../../lib/run/plan/inventory.ts';
import type { Cph } from '../../../lib/cloud/cph/cph.ts';
import type { Phone } from '../../../lib/cloud/cph/phone.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { refusal, runScene } from '../../support/run-scene.ts';
import { MINUTE } from '../../support/runs.ts';

const { log } = runScene().deps;

const phone = (number: number): Phone => ({
  phone_id: `p${number}`,
  phone_name: `game-${number}`,
  server_id: `s${number % 3}`,
  status: 'running',
});

/** A project whose phones change between two pages: newest first, as CPH lists them. */
function project(count: number, between: (phones: Phone[], call: number) => void) {
  const phones = Array.from({ length: count }, (_, index) => phone(count - index));
  let calls = 0;
  const cph = {
    listPhones: async ({ offset, limit }: { offset: number; limit: number }) => {
      calls += 1;
      if (calls > 1) between(phones, calls);
      return { count: phones.length, phones: phones.slice(offset, offset + limit) };
    },
  } as unknown as Cph;
  return { cph, phones, calls: () => calls };
}

async function read(cph: Cph) {
  const clock = playClock();
  const store = memoryStore(clock);
  const inventory = await readInventory(
    { cph, clock, store, log, readings: createReadings() },
    undefined,
    { requestedAt: clock.now(), until: Infinity },
  );
  if (inventory === undefined) throw new Error('not finished');
  return inventory;
}

const ids = (phones: { phone_id: string }[]): string[] => phones.map((p) => p.phone_id).sort();

describe('readInventory', () => {
  it.each([0, 1, 99, 100, 101, 199, 350])('reads %i phones, each once', async (count) => {
    const { cph, phones } = project(count, () => undefined);
    const inventory = await read(cph);
    expect(ids(inventory.phones)).toEqual(ids(phones));
    expect(inventory.complete).toBe(true);
  });

  it('reads all phones that stay while others are deleted', async () => {
    const { cph, phones } = project(500, (all, call) => {
      if (call < 4) all.splice(0, 30);
    });
    const inventory = await read(cph);
    const found = new Set(ids(inventory.phones));
    expect(phones.filter((p) => !found.has(p.phone_id))).toEqual([]);
  });

  it('reads phones that are created meanwhile', async () => {
    let next = 1_000;
    const { cph, phones } = project(450, (all, call) => {
      if (call < 5) all.unshift(phone((next += 1)));
    });
    const inventory = await read(cph);
    expect(ids(inventory.phones)).toEqual(ids(phones));
  });

  it('reads all phones that stay, whatever is created and deleted meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ removed: fc.nat(40), from: fc.nat(400), added: fc.nat(5) }), {
          maxLength: 6,
        }),
        async (changes) => {
          let next = 10_000;
          const { cph, phones } = project(400, (all, call) => {
            const change = changes[call - 2];
            if (change === undefined) return;
            all.splice(change.from, change.removed);
            for (let i = 0; i < change.added; i += 1) all.unshift(phone((next += 1)));
          });
          const start = new Set(ids(phones));
          const inventory = await read(cph);
          const found = new Set(ids(inventory.phones));
          const stayed = phones.filter((p) => start.has(p.phone_id));
          const missed = stayed.filter((p) => !found.has(p.phone_id));
          if (inventory.complete) expect(missed).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('ends after three passes as incomplete when the list keeps changing', async () => {
    let next = 1_000;
    const { cph, calls } = project(300, (all) => {
      all.splice(0, 150);
      for (let i = 0; i < 150; i += 1) all.push(phone((next += 1)));
    });
    const inventory = await read(cph);
    expect(inventory.complete).toBe(false);
    expect(calls()).toBeLessThan(20);
  });

  it('reads a fleet of 100,000 phones over several drives, and looks at each phone once', async () => {
    const { cph, phones } = project(100_000, () => undefined);
    const clock = playClock();
    const slow = {
      ...cph,
      listPhones: (page: Parameters<Cph['listPhones']>[0]) => {
        clock.move(100);
        return cph.listPhones(page);
      },
    };
    const deps = { cph: slow, clock, store: memoryStore(clock), log, readings: createReadings() };
    const requestedAt = clock.now();
    let drives = 0;
    let inventory: Awaited<ReturnType<typeof readInventory>>;
    for (; inventory === undefined && drives < 10; drives += 1) {
      inventory = await readInventory(deps, undefined, {
        requestedAt,
        until: clock.now() + 50_000,
      });
    }
    expect(drives).toBe(2);
    expect(ids(inventory?.phones ?? [])).toEqual(ids(phones));
  });

  it.each([
    ['leaves a large fleet to the next call', 10_200, 52, undefined],
    ['returns a small fleet', 990, 10, 990],
  ])('%s when the time is up with its last page', async (_, count, pages, first) => {
    const { cph, calls } = project(count, () => undefined);
    const clock = playClock();
    const slow = {
      ...cph,
      listPhones: (page: Parameters<Cph['listPhones']>[0]) => {
        clock.move(100);
        return cph.listPhones(page);
      },
    };
    const store = memoryStore(clock);
    const deps = { cph: slow, clock, store, log, readings: createReadings() };
    const requestedAt = clock.now();
    const until = requestedAt + pages * 100;
    const inventory = await readInventory(deps, undefined, { requestedAt, until });
    expect(clock.now()).toBe(until);
    expect(inventory?.phones.length).toBe(first);
    const before = calls();
    for (const readings of [deps.readings, createReadings()]) {
      const cold = { ...deps, readings };
      const again = await readInventory(cold, undefined, { requestedAt, until: clock.now() + 1 });
      expect(again?.phones).toHaveLength(count);
    }
    expect(calls()).toBe(before);
  });

  it('reads large fleets in pages of 200, and goes on with 100 when CPH refuses these', async () => {
    for (const most of [100, 200]) {
      const { cph, phones } = project(1_500, () => undefined);
      const limits: number[] = [];
      const strict = {
        ...cph,
        listPhones: async (query: Parameters<Cph['listPhones']>[0]) => {
          limits.push(query.limit);
          if (query.limit <= most) return cph.listPhones(query);
          throw refusal({ status: 400, serviceCode: 'CPS.0002' });
        },
      };
      const clock = playClock();
      const store = memoryStore(clock);
      for (const until of [1, Infinity]) {
        const deps = { cph: strict, clock, store, log, readings: createReadings() };
        const requestedAt = clock.now();
        const inventory = await readInventory(deps, undefined, { requestedAt, until });
        if (until === Infinity) expect(ids(inventory?.phones ?? [])).toEqual(ids(phones));
        clock.move(2 * MINUTE);
      }
      expect(limits.slice(0, 3)).toEqual([100, 200, most]);
      expect(limits.filter((limit) => limit > most).length).toBe(most === 100 ? 1 : 0);
    }
  });

  it('continues where it stopped when the time was up', async () => {
    const { cph, calls } = project(450, () => undefined);
    const clock = playClock();
    const slow = {
      ...cph,
      listPhones: (page: Parameters<Cph['listPhones']>[0]) => {
        clock.move(20_000);
        return cph.listPhones(page);
      },
    };
    const store = memoryStore(clock);
    const deps = { cph: slow, clock, store, log, readings: createReadings() };
    const requestedAt = clock.now();
    expect(
      await readInventory(deps, undefined, { requestedAt, until: requestedAt + 50_000 }),
    ).toBeUndefined();
    const before = calls();
    const inventory = await readInventory(deps, undefined, {
      requestedAt,
      until: requestedAt + 10 * MINUTE,
    });
    expect(inventory?.phones).toHaveLength(450);
    expect(calls() - before).toBe(2);
  });

  it('uses one reading for requests of the same minute, and a new one for later requests', async () => {
    const { cph, calls } = project(50, () => undefined);
    const clock = playClock();
    const deps = { cph, clock, store: memoryStore(clock), log, readings: createReadings() };
    await readInventory(deps, undefined, { requestedAt: clock.now(), until: Infinity });
    await readInventory(deps, undefined, { requestedAt: clock.now() + 30_000, until: Infinity });
    expect(calls()).toBe(1);
    clock.move(10 * MINUTE);
    await readInventory(deps, undefined, { requestedAt: clock.now(), until: Infinity });
    expect(calls()).toBe(2);
  });

  it('reads only the phones of the requested server', async () => {
    const clock = playClock();
    const store = memoryStore(clock);
    const queries: object[] = [];
    const listPhones = async (query: object) => {
      queries.push(query);
      return { count: 1, phones: [phone(queries.length)] };
    };
    const deps = {
      cph: { listPhones } as unknown as Cph,
      clock,
      store,
      ...{ log, readings: createReadings() },
    };
    const one = await readInventory(deps, 's1', { requestedAt: clock.now(), until: Infinity });
    const all = await readInventory(deps, undefined, { requestedAt: clock.now(), until: Infinity });
    expect(queries).toEqual([
      { offset: 0, limit: 100, serverId: 's1' },
      { offset: 0, limit: 100 },
    ]);
    expect(ids(one?.phones ?? [])).toEqual(['p1']);
    expect(ids(all?.phones ?? [])).toEqual(['p2']);
  });

  it('uses a reading that began up to a minute before, to the millisecond', async () => {
    const { cph, calls } = project(5, () => undefined);
    const clock = playClock();
    const deps = { cph, clock, store: memoryStore(clock), log, readings: createReadings() };
    const begun = clock.now();
    expect(
      await readInventory(deps, undefined, { requestedAt: begun, until: begun }),
    ).toBeUndefined();
    expect(calls()).toBe(0);
    await readInventory(deps, undefined, { requestedAt: begun, until: begun + 1 });
    expect(calls()).toBe(1);
    await readInventory(deps, undefined, { requestedAt: begun + MINUTE, until: begun + 1 });
    expect(calls()).toBe(1);
    await readInventory(deps, undefined, { requestedAt: begun + MINUTE + 1, until: begun + 1 });
    expect(calls()).toBe(2);
  });

  it('steps back one page, less the shared phone, when phones before it were deleted', async () => {
    const offsets: number[] = [];
    const { cph } = project(350, (all, call) => {
      if (call === 3) all.splice(0, 5);
    });
    const listPhones: Cph['listPhones'] = (query) => {
      offsets.push(query.offset);
      return cph.listPhones(query);
    };
    const inventory = await read({ ...cph, listPhones });
    expect(offsets).toEqual([0, 99, 198, 99, 198, 297]);
    expect(inventory).toMatchObject({ complete: true, passes: 1 });
  });

  describe('over several passes', () => {
    /** The offsets of the pages that were read, and the inventory. */
    async function passes({ cph }: { cph: Cph }) {
      const offsets: number[] = [];
      const listPhones: Cph['listPhones'] = (query) => {
        offsets.push(query.offset);
        return cph.listPhones(query);
      };
      const inventory = await read({ ...cph, listPhones });
      return { offsets, inventory };
    }

    it('reads the head again for phones created meanwhile, and stops at the first known page', async () => {
      const { cph } = project(350, (all, call) => {
        if (call === 2) all.unshift(phone(9_001));
      });
      const { offsets, inventory } = await passes({ cph });
      expect(offsets).toEqual([0, 99, 198, 297, 0, 99]);
      expect(inventory).toMatchObject({ complete: true, passes: 2 });
      expect(inventory.phones).toHaveLength(351);
    });

    it('reads twice more for a phone that is counted and never listed, and is incomplete', async () => {
      const { cph } = project(150, () => undefined);
      const listPhones: Cph['listPhones'] = async (query) => {
        const page = await cph.listPhones(query);
        return { ...page, count: page.count + 1 };
      };
      const { offsets, inventory } = await passes({ cph: { ...cph, listPhones } });
      expect(offsets).toEqual([0, 99, 149, 0, 0]);
      expect(inventory).toMatchObject({ complete: false, passes: 3 });
      expect(inventory.phones).toHaveLength(150);
    });

    it('stops stepping back after the pages of three passes, and reads to the end', async () => {
      let next = 1_000;
      const { cph } = project(300, (all) => {
        all.splice(0, 150);
        for (let i = 0; i < 150; i += 1) all.push(phone((next += 1)));
      });
      const { offsets, inventory } = await passes({ cph });
      expect(offsets).toEqual([...Array<number[]>(8).fill([0, 99]).flat(), 198, 297]);
      expect(inventory.complete).toBe(false);
    });

    it('accepts a list that ends with a page of one phone', async () => {
      const { cph } = project(100, () => undefined);
      const listPhones: Cph['listPhones'] = async (query) => {
        const page = await cph.listPhones(query);
        return { ...page, count: query.offset === 0 ? 101 : 100 };
      };
      const { offsets, inventory } = await passes({ cph: { ...cph, listPhones } });
      expect(offsets).toEqual([0, 99]);
      expect(inventory).toMatchObject({ complete: true, passes: 1 });
    });
  });
});
