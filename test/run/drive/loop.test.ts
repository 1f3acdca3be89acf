import { describe, expect, it } from 'vitest';
import { putHeartbeat } from '../../../lib/ledger/hints/heartbeat.ts';
import { putMissed } from '../../../lib/ledger/hints/missed-slots.ts';
import { requestInventory } from '../../../lib/ledger/hints/inventory-request.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { readLog } from '../../../lib/ledger/run/log/log.ts';
import { readReport } from '../../../lib/ledger/run/report.ts';
import { putFreshnessHint } from '../../../lib/ledger/hints/freshness.ts';
import { phone } from '../../support/fleet.ts';
import { temporaryError } from '../../support/run-scene.ts';
import { activate } from '../../support/full-run.ts';
import { MINUTE, plannedPhone, T0 } from '../../support/runs.ts';

import { OTHER, RUN, SECOND } from '../../support/drive-scene.ts';
import { driveWorld, type DriveWorld, missedSlots } from '../../support/drive-world.ts';

describe('workUntilIdle', () => {
  it('stops in time and leaves open runs to the next drive', async () => {
    const world = driveWorld(2 * MINUTE);
    await world.request(RUN, [plannedPhone('p')]);
    expect(await world.drive()).toEqual({ kind: 'worked', open: 1 });
    expect(world.polls[0]).toBe(3);
    const gaps = world.polls.slice(1).map((at, n) => at - (world.polls[n] ?? 0));
    expect(gaps).toEqual([...gaps].sort((a, b) => a - b));
    expect(world.polls.length).toBeLessThan(12);
    expect(world.seconds()).toBeLessThan(50);
    expect(Math.max(...world.polls)).toBeLessThan(50);
    world.clock.move(2 * MINUTE);
    expect(await world.drive({ until: T0 + 5 * MINUTE })).toEqual({ kind: 'worked', open: 0 });
    expect(world.exports).toHaveLength(1);
  });

  it('skips work that becomes due when the time is up, and writes its events to the log', async () => {
    const world = driveWorld();
    await world.request(RUN, [plannedPhone('p')]);
    const { listJobs } = world.deps.cph;
    world.deps.cph.listJobs = async (ids) => (await listJobs(ids))?.slice(1);
    expect(await world.drive({ until: T0 + 6 * SECOND })).toEqual({ kind: 'worked', open: 1 });
    expect(world.polls).toEqual([3]);
    const types = (await readLog(world.store, RUN)).map(({ type }) => type);
    expect(types).toEqual(['intent', 'accepted', 'unlisted']);
  });

  it('skips overdue work once the time is up', async () => {
    const world = driveWorld();
    await world.request(RUN, [plannedPhone('p', { waiting: true })]);
    await putMissed(world.store, missedSlots());
    const shown: number[] = [];
    world.deps.cph.showPhone = async (id) => {
      shown.push(world.seconds());
      return phone(id, { status: 'creating' });
    };
    const { publish } = world.deps.topic;
    world.deps.topic.publish = async (...message) => {
      world.clock.move(50 * SECOND);
      return publish(...message);
    };
    expect(await world.drive()).toEqual({ kind: 'worked', open: 1 });
    expect(shown).toEqual([0]);
  });

  it('sends no export and no notification without time left', async () => {
    const world = driveWorld();
    await world.request(RUN, [plannedPhone('p')]);
    await putMissed(world.store, missedSlots());
    expect(await world.drive({ until: T0 })).toEqual({ kind: 'worked', open: 1 });
    expect(await readLog(world.store, RUN)).toEqual([]);
    expect(world.sent).toEqual([]);
    expect(world.seconds()).toBe(0);
  });

  it('takes up new requests every ten seconds', async () => {
    const world = driveWorld(25 * SECOND);
    await world.request(RUN, [plannedPhone('p')]);
    world.clock.at(T0 + 5 * SECOND, () => world.request(OTHER, [plannedPhone('q')]));
    world.clock.at(T0 + 11 * SECOND, () => world.request('third-1', [plannedPhone('r')]));
    await world.drive();
    expect(world.exports).toEqual([
      [0, ['p']],
      [10, ['q']],
      [20, ['r']],
    ]);
  });

  it('cancels a run while it works on it', async () => {
    const world = driveWorld();
    await world.request(RUN, [plannedPhone('p'), plannedPhone('q', { waiting: true })]);
    world.deps.cph.showPhone = async (id) => phone(id, { status: 'creating' });
    world.clock.at(T0 + 5 * SECOND, () => world.store.put(layout.cancel(RUN), '{}'));
    await world.drive();
    const { counts } = (await readReport(world.store, RUN)) ?? {};
    expect(counts).toMatchObject({ exported: 1, cancelled: 1 });
  });

  it('continues after the intent of a window could not be written', async () => {
    const world = driveWorld();
    await world.request(RUN, [plannedPhone('p')]);
    const put = world.store.put;
    let refusals = 1;
    world.deps.store.put = async (key, body) => {
      if (key.startsWith(layout.log(RUN)) && refusals-- > 0) throw temporaryError();
      await put(key, body);
    };
    expect(await world.drive()).toEqual({ kind: 'worked', open: 0 });
    expect(world.logged('step_failed')).toHaveLength(1);
  });
});

describe('hints', () => {
  const POLICY = `
name: nightly
select: { name: "*" }
export: { include: [/data/data], bucket: my-phone-backups, object_path: "{policy}" }
`;
  const kinds = ({ sent }: DriveWorld) =>
    sent.map(({ message }) => message.message_attributes[0]?.value);
  const day = {
    slot: T0,
    since: T0 - 24 * 60 * MINUTE,
    date: '20260102',
    language: 'en' as const,
    timezone: 'UTC',
  };

  it('are notified once each', async () => {
    const world = driveWorld(25 * SECOND);
    await world.request(RUN, [plannedPhone('p')]);
    await activate(world.store, { policy: 'weekly' });
    await putFreshnessHint(world.store, { policy: 'weekly', at: T0 - MINUTE });
    await putHeartbeat(world.store, day);
    await putMissed(world.store, missedSlots());
    world.clock.at(T0 + 5 * SECOND, () => putMissed(world.store, missedSlots(2)));
    await world.drive();
    expect(kinds(world)).toEqual(['stale', 'missed', 'heartbeat', 'missed', 'settled']);
    expect(await world.keys(layout.hints)).toEqual([]);
  });

  it.each([
    ['stale', 'freshness-nightly', ['missed', 'heartbeat']],
    ['missed', 'missed-nightly-', ['stale', 'missed', 'heartbeat']],
    ['heartbeat', 'heartbeat-', ['stale', 'missed']],
  ])('are notified although the store fails for the %s hint', async (kind, prefix, expected) => {
    const world = driveWorld();
    await activate(world.store);
    await putFreshnessHint(world.store, { policy: 'nightly', at: T0 - MINUTE });
    await putMissed(world.store, missedSlots());
    await putHeartbeat(world.store, day);
    const { get, remove } = world.store;
    const isOne = (key: string) => key.startsWith(`${layout.hints}${prefix}`);
    const fails = kind === 'missed' ? 'remove' : 'get';
    world.deps.store.get = async (key) => {
      if (fails === 'get' && isOne(key)) throw temporaryError();
      return get(key);
    };
    world.deps.store.remove = async (keys) => {
      if (fails === 'remove' && keys.some(isOne)) throw temporaryError();
      return remove(keys);
    };
    expect(await world.drive()).toEqual({ kind: 'worked', open: 0 });
    expect(kinds(world)).toEqual(expected);
    expect(world.logged('object_unreadable', 'object_undeletable')).toHaveLength(1);
    expect(await world.keys(layout.hints)).toHaveLength(1);
  });

  /** A request to read a fleet of 600 phones. Each page takes four seconds. */
  async function requestedInventory() {
    const world = driveWorld(20 * SECOND);
    const pages: number[] = [];
    world.deps.cph.listPhones = async ({ offset, limit }) => {
      pages.push(world.seconds());
      world.clock.move(4 * SECOND);
      const ids = Array.from({ length: Math.min(limit, 600 - offset) }, (_, n) => offset + n);
      return { count: 600, phones: ids.map((n) => phone(`p${n}`)) };
    };
    await world.store.put(layout.policy('nightly'), POLICY);
    await requestInventory(world.store, { policy: 'nightly', requested_at: T0 });
    return { ...world, pages };
  }

  it('have a large fleet read in slices of ten seconds between other work', async () => {
    const world = await requestedInventory();
    await world.request(RUN, [plannedPhone('p')]);
    await world.drive();
    expect(world.pages.slice(0, 7)).toEqual([0, 4, 8, 12, 16, 20, 24]);
    expect(world.exports).toEqual([[0, ['p']]]);
    expect(world.polls).toEqual([12, 24]);
    expect(world.logged('inventory_read')).toHaveLength(1);
    expect(await world.keys(layout.hints)).toEqual([]);
  });

  it('have the rest of a fleet read by the next drive when the time is up', async () => {
    const world = await requestedInventory();
    await world.drive({ until: T0 + 6 * SECOND });
    expect(world.pages).toEqual([0, 4]);
    expect(await world.keys(layout.hints)).toHaveLength(1);
    await world.drive();
    expect(world.pages).toHaveLength(7);
    expect(await world.keys(layout.hints)).toEqual([]);
  });
});
