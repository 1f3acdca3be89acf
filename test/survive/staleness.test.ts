import { expect, it } from 'vitest';
import { putFreshnessHint } from '../../lib/ledger/hints/freshness.ts';
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
import { activate, DAY, storeRun } from '../support/full-run.ts';
import { useLightS3 } from '../../testing/cloud/light-s3.ts';

const MINUTE = 60_000;

useLightS3();

/** Stores a policy whose only run is long ago, and what schedule found. */
async function putStalePolicy(world: Awaited<ReturnType<typeof startDays>>): Promise<void> {
  const store = storeOf(world);
  await activate(store);
  await storeRun(store, 'nightly-1', { phones: { p1: {}, p2: {} }, settledAt: START - 9 * DAY });
  await putFreshnessHint(store, { policy: 'nightly', at: START, language: 'zh' });
}

it('cold instances notify when a policy becomes stale, daily while it lasts, once when it recovers, and again the next time', async () => {
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
  expect(await stalenessMessages(world)).toEqual(['stale', 'stale', 'stale']);
  world.cloud.control.clearFaults();
  await playDays(world, 2);
  expect((await stalenessMessages(world)).slice(2)).toEqual(['stale', 'recovered']);
  expect(await freshness(world)).toBe('fresh');
  failAllExports(world);
  await playDays(world, 2);
  expect((await stalenessMessages(world)).slice(3)).toEqual(['recovered', 'stale']);

  const sent = (await notifications(world)).filter(({ kind }) => kind !== 'settled');
  expect(new Set(sent.map(({ id }) => id)).size).toBe(5);
  expect(sent[0]).toMatchObject({
    reason: 'late_phones',
    phones: { counted: 2, fresh: 0, late: 2 },
  });
  expect(sent[3]).toMatchObject({ policy: 'nightly', run_id: 'nightly-20260106t183000z' });
  expect(await hintsOf(world)).toEqual([]);
}, 60_000);

it('a total outage of ten days is notified on each day from the first missed objective on, and says how long it lasts', async () => {
  const world = await startDays();
  await playDays(world, 1);
  failAllExports(world);
  await playDays(world, 10);
  const sent = (await notifications(world)).filter(({ kind }) => kind === 'stale');
  expect(sent.map(({ message }) => /, for (\d+ \w+)\. Next: /.exec(message ?? '')?.[1])).toEqual([
    ...[undefined, '24 h', '2 d', '3 d', '4 d', '5 d', '6 d', '7 d', '8 d'],
  ]);
  expect(new Set(sent.map(({ since }) => since)).size).toBe(1);
  expect(new Set(sent.map(({ id }) => id)).size).toBe(sent.length);
}, 60_000);

it('one phone of ten that always fails is no staleness, and a total outage after that is notified at once', async () => {
  const world = await startDays({ phones: 10, servers: 2 });
  const [broken] = await world.cloud.control.phones();
  const fault = { service: 'cph', operation: 'batch-storage', kind: 'job_failed' } as const;
  world.cloud.control.addFault({ ...fault, phones: [broken?.phone_id ?? ''], code: 'CPS.0107' });
  await playDays(world, 10);
  expect(await stalenessMessages(world)).toEqual([]);
  expect(await freshness(world)).toBe('fresh');

  failAllExports(world);
  await playDays(world, 1);
  expect(await stalenessMessages(world)).toEqual([]);
  await playDays(world, 1);
  expect(await stalenessMessages(world)).toEqual(['stale']);

  world.cloud.control.clearFaults();
  await playDays(world, 2);
  expect(await stalenessMessages(world)).toEqual(['stale', 'recovered']);
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

it('the loss of a cache adds at most one notification to the daily ones', async () => {
  const world = await startDays();
  await playDays(world, 1);
  failAllExports(world);
  await playDays(world, 2);
  for (const what of [
    ...['state/stale/', 'state/history/', 'state/freshness/', 'state/runs/'],
    ...['phones/', 'state/cursors', 'state/'],
  ]) {
    const before = (await stalenessMessages(world)).length;
    const store = storeOf(world);
    await store.remove((await store.list(what)).map(({ key }) => key));
    await playDays(world, 3);
    const after = (await stalenessMessages(world)).slice(before);
    expect(after.length, what).toBeLessThanOrEqual(4);
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
  expect(await hintsOf(world)).toEqual(['freshness-nightly']);
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
    await putStalePolicy(world);
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
      await putStalePolicy(world);
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
