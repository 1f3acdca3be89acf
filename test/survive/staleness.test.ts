import { expect, it } from 'vitest';
import { putStale } from '../../lib/ledger/state/staleness.ts';
import { NIGHTLY } from '../../testing/night.ts';
import {
  breakDown,
  hintsOf,
  live,
  notification,
  START,
  startDays,
  state,
  storeOf,
  told,
} from '../support/days.ts';

const MINUTE = 60_000;

it('cold instances tell once when it begins and once when it ends, and again the next time', async () => {
  const world = await startDays();
  await live(world, 1);
  expect(await state(world)).toBe('fresh');
  breakDown(world);
  await live(world, 1);
  expect(await notification(world)).toEqual([]);
  await live(world, 1);
  expect(await notification(world)).toEqual(['stale']);
  expect(await state(world)).toBe('stale');
  await live(world, 2);
  expect(await notification(world)).toEqual(['stale']);
  world.cloud.control.clearFaults();
  await live(world, 2);
  expect(await notification(world)).toEqual(['stale', 'recovered']);
  expect(await state(world)).toBe('fresh');
  breakDown(world);
  await live(world, 3);
  expect(await notification(world)).toEqual(['stale', 'recovered', 'stale']);

  const said = (await told(world)).filter(({ kind }) => kind !== 'settled');
  expect(new Set(said.map(({ id }) => id)).size).toBe(3);
  expect(said[0]?.reason).toMatch(/^no_good_run since 2026-01-01T18:\d\d:/);
  expect(said[1]).toMatchObject({ policy: 'nightly', run_id: 'nightly-20260106t183000z' });
  expect(await hintsOf(world)).toEqual([]);
}, 60_000);

it.each([
  ['disabled', 'enabled: false'],
  ['paused', 'paused_until: 2026-02-01T00:00:00Z'],
])('notifies nothing of a policy that is %s, and counts anew afterwards', async (_, line) => {
  const world = await startDays();
  await live(world, 1);
  await world.putPolicy(`${NIGHTLY}${line}\n`);
  breakDown(world);
  await live(world, 4);
  expect(await state(world)).not.toBe('stale');
  await world.putPolicy(NIGHTLY);
  await live(world, 1);
  expect(await notification(world)).toEqual([]);
  await live(world, 1);
  expect(await notification(world)).toEqual(['stale']);
  expect((await told(world)).map(({ kind }) => kind)).not.toContain('missed');
});

it('survives the loss of every cache: at most once more after each', async () => {
  const world = await startDays();
  await live(world, 1);
  breakDown(world);
  await live(world, 2);
  for (const what of ['state/stale/', 'state/history/', 'state/cursors', 'state/']) {
    const before = (await notification(world)).length;
    const store = storeOf(world);
    await store.remove((await store.list(what)).map(({ key }) => key));
    await live(world, 3);
    const after = (await notification(world)).slice(before);
    expect(after.length, what).toBeLessThanOrEqual(1);
    expect(after, what).not.toContain('recovered');
  }
  expect(await state(world)).toBe('stale');
}, 60_000);

it('waits for a topic that fails, and is not told any more once it is over', async () => {
  const world = await startDays();
  await live(world, 1);
  breakDown(world);
  const deaf = { service: 'smn', kind: 'error', status: 500, code: 'SMN.0001' };
  world.cloud.control.addFault(deaf as Parameters<typeof world.cloud.control.addFault>[0]);
  await live(world, 2);
  expect(await hintsOf(world)).toEqual([expect.stringMatching(/^stale-nightly-\d+$/)]);
  world.cloud.control.clearFaults();
  await live(world, 1);
  expect((await notification(world)).filter((kind) => kind === 'stale').length).toBeLessThanOrEqual(
    1,
  );
  expect(await hintsOf(world)).toEqual([]);
  expect(await state(world)).toBe('fresh');
});

it('is told under one id, though a second drive comes in wherever the first stands still', async () => {
  for (let call = 1; ; call += 1) {
    const world = await startDays({ conditionalPut: 'ignored' });
    await putStale(storeOf(world), { policy: 'nightly', since: START });
    const held = await world.driveHeld(call);
    if (held === undefined) break;
    world.clock.move(2 * MINUTE);
    await world.drive();
    await held.release();
    world.clock.move(2 * MINUTE);
    await world.drive();
    const said = await told(world);
    expect(new Set(said.map(({ id }) => id)).size, `held at call ${call}`).toBe(1);
    expect(said.length, `held at call ${call}`).toBeLessThanOrEqual(2);
    expect(await hintsOf(world)).toEqual([]);
  }
}, 60_000);

it.each(['before', 'after'] as const)(
  'is told under one id, and once for all, whichever call a drive is killed %s',
  async (when) => {
    for (let call = 1; ; call += 1) {
      const world = await startDays();
      await putStale(storeOf(world), { policy: 'nightly', since: START, language: 'zh' });
      const killed = await world.driveKilled(call, when);
      world.clock.move(2 * MINUTE);
      await world.drive();
      await world.drive();
      const said = await told(world);
      expect(new Set(said.map(({ id }) => id)).size, `killed ${when} call ${call}`).toBe(1);
      expect(said.length).toBeLessThanOrEqual(2);
      expect(await hintsOf(world)).toEqual([]);
      if (!killed) break;
    }
  },
  60_000,
);
