import { describe, expect, it } from 'vitest';
import { LeaseLost } from '../../../lib/errors.ts';
import { putLookup } from '../../../lib/ledger/hints/lookup.ts';
import { putSweep, sweepId } from '../../../lib/ledger/hints/sweep.ts';
import { listOpen } from '../../../lib/ledger/run/request.ts';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { requestFirstBackupsDue } from '../../../lib/run/drive/first-backups.ts';
import { readRuns } from '../../../lib/run/drive/inbox/read-runs.ts';
import { type DriveScene, driveScene, RUN, SECOND } from '../../support/drive-scene.ts';
import { phone } from '../../support/fleet.ts';
import { temporaryError } from '../../support/run-scene.ts';
import { MINUTE, openRun, T0 } from '../../support/runs.ts';

describe('requestFirstBackupsDue', () => {
  const POLICY = `
name: newphones
select: { name: "*" }
export: { include: [/data/data], bucket: my-phone-backups, object_path: "{policy}" }
on_provisioned: true
`;
  const AGE = 5 * MINUTE;

  /** Five minutes after an event about new phones; showing one takes `takes` ms. */
  async function scene(ids: string[] = ['p'], takes = 0) {
    const shown: string[] = [];
    const world = driveScene({
      showPhone: async (id) => {
        shown.push(id);
        world.clock.move(takes);
        return phone(id);
      },
    });
    await world.store.put(layout.policy('newphones'), POLICY);
    const lookup = { change: 'created' as const, phones: ids, servers: [], others: [] };
    await putLookup(world.store, { id: 'trace-1', lookup });
    world.clock.move(AGE);
    world.work.phoneHints = ['trace-1'];
    world.deps.until = T0 + AGE + MINUTE;
    const due = async () => {
      await requestFirstBackupsDue(world.deps, world.work);
      await readRuns(world.deps, world.work, world.deps.until);
    };
    return { ...world, shown, due };
  }

  it('requests first backups that are due, and takes up their run at once', async () => {
    const world = await scene();
    await world.due();
    const [run] = world.work.runs.values();
    expect(run?.request).toMatchObject({
      policy: 'newphones',
      trigger: 'provisioned',
      phones: ['p'],
    });
    expect(await world.keys(layout.hints)).toEqual([]);
    expect(world.work.nextAt.firstBackups).toBe(T0 + AGE + 30 * SECOND);
  });

  it('does not list the inbox when it requested nothing', async () => {
    const world = await scene();
    await world.store.put(layout.policy('newphones'), POLICY.replace('true', 'false'));
    await world.request(RUN);
    await world.due();
    expect(world.work.runs.size).toBe(0);
    expect(await world.keys(layout.hints)).toEqual([]);
  });

  it.each<[string, (world: DriveScene) => unknown]>([
    ['no hint is about phones', ({ work }) => (work.phoneHints = [])],
    ['the last lookup was moments ago', ({ work }) => (work.nextAt.firstBackups = T0 + AGE + 1)],
    ['the time is up', ({ deps }) => (deps.until = T0 + AGE)],
  ])('does nothing when %s', async (_, change) => {
    const world = await scene();
    change(world);
    const before = world.work.nextAt.firstBackups;
    await world.due();
    expect(world.shown).toEqual([]);
    expect(await world.keys(layout.hints)).toHaveLength(1);
    expect(world.work.nextAt.firstBackups).toBe(before);
  });

  it('looks up phones again after half a minute', async () => {
    const world = await scene();
    await world.due();
    world.work.phoneHints = [sweepId(T0)];
    await putSweep(world.store, T0);
    await world.store.remove([layout.policy('newphones')]);
    world.clock.move(30 * SECOND - 1);
    await world.due();
    expect(await world.keys(layout.hints)).toHaveLength(1);
    world.clock.move(1);
    await world.due();
    expect(await world.keys(layout.hints)).toEqual([]);
  });

  it.each([
    ['ten seconds', MINUTE, 2],
    ['the time that is left', 5 * SECOND, 1],
  ])('looks up phones for at most %s', async (_, left, expected) => {
    const world = await scene(['p', 'q', 'r'], 6 * SECOND);
    world.deps.until = T0 + AGE + left;
    await world.due();
    expect(world.shown).toHaveLength(expected);
  });

  it('requests nothing that an open run covers', async () => {
    const world = await scene();
    const run = openRun('newphones-1', []);
    Object.assign(run.request, { policy: 'newphones', trigger: 'provisioned', phones: ['p'] });
    world.hold(run);
    await world.due();
    expect(world.shown).toEqual([]);
    expect(await world.keys(layout.open)).toEqual([]);
  });

  it('requests nothing when another drive holds the lease', async () => {
    const world = await scene();
    world.deps.stillHeld = async () => false;
    await expect(world.due()).rejects.toThrow(LeaseLost);
    expect(world.work.runs.size).toBe(0);
    expect((await listOpen(world.store)).requests).toEqual([]);
  });

  it('contains a failure', async () => {
    const world = await scene();
    const { list } = world.deps.store;
    world.deps.store.list = (prefix, options) =>
      prefix === layout.policies ? Promise.reject(temporaryError()) : list(prefix, options);
    await world.due();
    expect(world.logged('step_failed')).toHaveLength(1);
    expect(world.work.nextAt.firstBackups).toBe(T0 + AGE + 30 * SECOND);
  });
});
