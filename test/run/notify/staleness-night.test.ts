import { expect, it } from 'vitest';
import type { ScheduleMemory } from '../../../lib/run/schedule/schedule.ts';
import { NIGHTLY } from '../../../testing/night.ts';
import {
  breakDown,
  hintsOf,
  live,
  lookup,
  notification,
  startDays,
  state,
  storeOf,
  told,
} from '../../support/days.ts';

it('is told once when it begins and once when it ends, and again the next time', async () => {
  const world = await startDays();
  const memory: ScheduleMemory = {};
  await live(world, 1, memory);
  expect(await state(world)).toBe('fresh');
  breakDown(world);
  await live(world, 1, memory);
  expect(await notification(world)).toEqual([]);
  await live(world, 1, memory);
  expect(await notification(world)).toEqual(['stale']);
  expect(await state(world)).toBe('stale');
  await live(world, 2, memory);
  expect(await notification(world)).toEqual(['stale']);
  world.cloud.control.clearFaults();
  await live(world, 2, memory);
  expect(await notification(world)).toEqual(['stale', 'recovered']);
  expect(await state(world)).toBe('fresh');
  breakDown(world);
  await live(world, 3, memory);
  expect(await notification(world)).toEqual(['stale', 'recovered', 'stale']);

  const said = (await told(world)).filter(({ kind }) => kind !== 'settled');
  expect(new Set(said.map(({ id }) => id)).size).toBe(3);
  expect(said[0]?.reason).toMatch(/^no_good_run since 2026-01-01T18:\d\d:/);
  expect(said[1]).toMatchObject({ policy: 'nightly', run_id: 'nightly-20260106t183000z' });
  expect(await hintsOf(world)).toEqual([]);
}, 60_000);

it('is told of a policy that never completed since it was first seen', async () => {
  const world = await startDays();
  breakDown(world);
  await live(world, 1);
  expect([await notification(world), await state(world)]).toEqual([[], 'never']);
  await live(world, 1);
  expect([await notification(world), await state(world)]).toEqual([['stale'], 'stale']);
  const [said] = (await told(world)).filter(({ kind }) => kind === 'stale');
  expect(said?.reason).toBe('no_good_run since 2026-01-01T17:00:00.000Z');
});

it.each([
  ['disabled', 'enabled: false'],
  ['paused', 'paused_until: 2026-02-01T00:00:00Z'],
])('is not told of a policy that is %s, and counts anew afterwards', async (_, line) => {
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

it('is not cured by a run of some phones only', async () => {
  const world = await startDays();
  await live(world, 1);
  breakDown(world);
  await live(world, 2);
  world.cloud.control.clearFaults();
  const [phone] = await world.cloud.control.phones();
  const request = {
    version: 1,
    run_id: 'nightly-by-hand',
    policy: 'nightly',
    trigger: 'manual',
    phones: [phone?.phone_id],
  };
  await storeOf(world).put('open/nightly-by-hand.json', JSON.stringify(request));
  await lookup(world);
  expect((await storeOf(world).get('runs/nightly-by-hand/report.json'))?.body).toMatch(
    /"completed"/,
  );
  expect([await notification(world), await state(world)]).toEqual([['stale'], 'stale']);
});
