import { expect, it } from 'vitest';
import { putStale } from '../../lib/ledger/hints/staleness.ts';
import { NIGHTLY } from '../../testing/night.ts';
import {
  failAllExports,
  hintsOf,
  playDays,
  stalenessMessages,
  START,
  startDays,
  freshness,
  storeOf,
  notifications,
} from './support/days.ts';
import { useLightS3 } from './support/light-s3.ts';

const MINUTE = 60_000;

useLightS3();

it('cold instances notify once when a policy becomes stale, once when it recovers, and again the next time', async () => {
  const world = await startDays();
  await playDays(world, 1);
  expect(await freshness(world)).toBe('fresh');
  failAllExports(world);
  await playDays(world, 1);
  expect(await stalenessMessages(world)).toEqual([]);
  await playDays(world, 1);
  expect(await stalenessMessages(world)).toEqual(['stale']);
  expect(await freshness(world)).toBe('stale');
  await playDays(world, 2);
  expect(await stalenessMessages(world)).toEqual(['stale']);
  world.cloud.control.clearFaults();
  await playDays(world, 2);
  expect(await stalenessMessages(world)).toEqual(['stale', 'recovered']);
  expect(await freshness(world)).toBe('fresh');
  failAllExports(world);
  await playDays(world, 3);
  expect(await stalenessMessages(world)).toEqual(['stale', 'recovered', 'stale']);

  const sent = (await notifications(world)).filter(({ kind }) => kind !== 'settled');
  expect(new Set(sent.map(({ id }) => id)).size).toBe(3);
  expect(sent[0]?.reason).toMatch(/^no_good_run since 2026-01-01T18:\d\d:/);
  expect(sent[1]).toMatchObject({ policy: 'nightly', run_id: 'nightly-20260106t183000z' });
  expect(await hintsOf(world)).toEqual([]);
}, 60_000);

it.each([
  ['disabled', 'enabled: false'],
  ['paused', 'paused_until: 2026-02-01T00:00:00Z'],
])(
  'a policy that is %s is not notified as stale, and counts from the change on',
  async (_, line) => {
    const world = await startDays();
    await playDays(world, 1);
    await world.putPolicy(`${NIGHTLY}${line}\n`);
    failAllExports(world);
    await playDays(world, 4);
    expect(await freshness(world)).not.toBe('stale');
    await world.putPolicy(NIGHTLY);
    await playDays(world, 1);
    expect(await stalenessMessages(world)).toEqual([]);
    await playDays(world, 1);
    expect(await stalenessMessages(world)).toEqual(['stale']);
    expect((await notifications(world)).map(({ kind }) => kind)).not.toContain('missed');
  },
);

it('the loss of a cache notifies at most once more', async () => {
  const world = await startDays();
  await playDays(world, 1);
  failAllExports(world);
  await playDays(world, 2);
  for (const what of ['state/stale/', 'state/history/', 'state/cursors', 'state/']) {
    const before = (await stalenessMessages(world)).length;
    const store = storeOf(world);
    await store.remove((await store.list(what)).map(({ key }) => key));
    await playDays(world, 3);
    const after = (await stalenessMessages(world)).slice(before);
    expect(after.length, what).toBeLessThanOrEqual(1);
    expect(after, what).not.toContain('recovered');
  }
  expect(await freshness(world)).toBe('stale');
}, 60_000);

it('staleness that ends while the topic fails is not notified afterwards', async () => {
  const world = await startDays();
  await playDays(world, 1);
  failAllExports(world);
  const failing = { service: 'smn', kind: 'error', status: 500, code: 'SMN.0001' };
  world.cloud.control.addFault(failing as Parameters<typeof world.cloud.control.addFault>[0]);
  await playDays(world, 2);
  expect(await hintsOf(world)).toEqual([expect.stringMatching(/^stale-nightly-\d+$/)]);
  world.cloud.control.clearFaults();
  await playDays(world, 1);
  expect(
    (await stalenessMessages(world)).filter((kind) => kind === 'stale').length,
  ).toBeLessThanOrEqual(1);
  expect(await hintsOf(world)).toEqual([]);
  expect(await freshness(world)).toBe('fresh');
});

it('staleness is notified under one id although a second drive starts in the middle of any call of the first', async () => {
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
    const sent = await notifications(world);
    expect(new Set(sent.map(({ id }) => id)).size, `held at call ${call}`).toBe(1);
    expect(sent.length, `held at call ${call}`).toBeLessThanOrEqual(2);
    expect(await hintsOf(world)).toEqual([]);
  }
}, 60_000);

it.each(['before', 'after'] as const)(
  'staleness is notified under one id when a drive is killed %s any call',
  async (when) => {
    for (let call = 1; ; call += 1) {
      const world = await startDays();
      await putStale(storeOf(world), { policy: 'nightly', since: START, language: 'zh' });
      const killed = await world.driveKilled(call, when);
      world.clock.move(2 * MINUTE);
      await world.drive();
      await world.drive();
      const sent = await notifications(world);
      expect(new Set(sent.map(({ id }) => id)).size, `killed ${when} call ${call}`).toBe(1);
      expect(sent.length).toBeLessThanOrEqual(2);
      expect(await hintsOf(world)).toEqual([]);
      if (!killed) break;
    }
  },
  60_000,
);
