import { describe, expect, it } from 'vitest';
import { schedule, type ScheduleMemory } from '../../../lib/run/schedule/schedule.ts';
import { readSettings } from '../../../lib/runtime/settings.ts';
import { breakDown, hintsOf, live, startDays, storeOf, told } from '../../support/days.ts';
import { type Night, night, NIGHTLY } from '../../../testing/night.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** 02:00 in Shanghai. */
const START = Date.UTC(2026, 0, 1, 18);
const EIGHT = { cron: '0 0 8 * * *', timezone: 'Asia/Shanghai', language: 'en' } as const;

async function tick(world: Night, memory: ScheduleMemory = {}, heartbeat: object | null = EIGHT) {
  const { deps, clients } = world.invocation();
  const wake = { functiongraph: clients.functiongraph, driveUrn: undefined };
  const own = { ...deps, wake, heartbeat: (heartbeat ?? undefined) as typeof EIGHT | undefined };
  await schedule(own, { time: world.clock.now(), policy: undefined }, memory);
}

type DailySummary = Record<string, unknown> & { runs: Record<string, number> };

async function beats(world: Night): Promise<{ id: string; reason: string; day: DailySummary }[]> {
  const all = (await told(world)) as unknown as {
    kind: string;
    id: string;
    reason: string;
    day: DailySummary;
  }[];
  return all.filter(({ kind }) => kind === 'heartbeat');
}

const empty = () => night({ phones: 2, servers: 1, seed: 4, start: START });

describe('the daily message', () => {
  it('is not sent unless it is switched on', async () => {
    const world = await empty();
    await tick(world, {}, null);
    expect(await hintsOf(world)).toEqual([]);
  });

  it('is sent once a day, by cold instances too', async () => {
    const world = await empty();
    for (let hour = 0; hour < 49; hour += 1) {
      await tick(world);
      await tick(world);
      await world.drive();
      world.clock.move(HOUR);
    }
    // At once when it is switched on, then at each 08:00.
    const sent = await beats(world);
    expect(sent.map(({ reason }) => reason)).toEqual(['20260101', '20260102', '20260103']);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(3);
    expect(await hintsOf(world)).toEqual([]);
  });

  it('is sent for the newest day only after an outage, whichever function stood still', async () => {
    const world = await empty();
    await tick(world);
    await world.drive();
    for (let day = 0; day < 3; day += 1) {
      world.clock.move(24 * HOUR);
      await tick(world);
    }
    expect(await hintsOf(world)).toHaveLength(3);
    await world.drive();
    expect((await beats(world)).map(({ reason }) => reason)).toEqual(['20260101', '20260104']);
    world.clock.move(72 * HOUR);
    await tick(world);
    await world.drive();
    expect((await beats(world)).map(({ reason }) => reason)).toEqual([
      '20260101',
      '20260104',
      '20260107',
    ]);
    expect(await hintsOf(world)).toEqual([]);
  });

  it('costs a warm instance nothing in the minutes between', async () => {
    const world = await empty();
    const memory: ScheduleMemory = {};
    await tick(world, memory);
    await world.drive();
    const before = JSON.stringify(world.cloud.control.calls());
    world.clock.move(MINUTE);
    await tick(world, memory);
    const [then, now] = [JSON.parse(before), world.cloud.control.calls()].map(
      (counts: { obs?: Record<string, Record<string, number>> }) => counts.obs ?? {},
    );
    expect({ ...now, ListObjectsV2: undefined }).toEqual({ ...then, ListObjectsV2: undefined });
    expect(now?.ListObjectsV2?.ok).toBe((then?.ListObjectsV2?.ok ?? 0) + 1);
  });

  it('waits for a topic that fails', async () => {
    const world = await empty();
    world.cloud.control.addFault({
      service: 'smn',
      operation: 'publish',
      kind: 'error',
      status: 500,
      code: 'SMN.0001',
      times: 1,
    });
    await tick(world);
    await world.drive();
    expect(await hintsOf(world)).toHaveLength(1);
    await world.drive();
    expect(await beats(world)).toHaveLength(1);
    expect(await hintsOf(world)).toEqual([]);
  });

  it('has one id, though two drives send it', async () => {
    for (let call = 1; ; call += 1) {
      const world = await night({ phones: 1, servers: 1, start: START, conditionalPut: 'ignored' });
      await tick(world);
      const held = await world.driveHeld(call);
      if (held === undefined) break;
      world.clock.move(2 * MINUTE);
      await world.drive();
      await held.release();
      world.clock.move(2 * MINUTE);
      await world.drive();
      const sent = await beats(world);
      expect(new Set(sent.map(({ id }) => id)).size, `held at call ${call}`).toBe(1);
      expect(await hintsOf(world)).toEqual([]);
    }
  });

  it('tells what happened: runs by outcome, missed slots, stale and invalid policies', async () => {
    const world = await startDays();
    await live(world, 1);
    breakDown(world);
    await live(world, 2);
    await world.putPolicy(
      NIGHTLY.replace('name: nightly', 'name: hourly').replace('30 2', '0 *'),
      'hourly',
    );
    await world.putPolicy('name: [', 'broken');
    const heartbeat = { ...EIGHT, cron: '0 0 4 * * *', language: 'zh' };
    await tick(world, {}, heartbeat);
    await world.drive();
    world.clock.move(91 * MINUTE);
    await world.ask('nightly');
    for (let drives = 0; drives < 10 && (await world.drive()).open > 0; drives += 1) {
      world.clock.move(MINUTE);
    }
    world.clock.move(26 * HOUR);
    const { store } = world.invocation().deps;
    await tick(world, {}, heartbeat);
    await world.drive();
    const [first, beat] = await beats(world);
    expect(first?.day).toMatchObject({
      runs: { failed: 1, completed: 0 },
      missed: 0,
      invalid: ['broken'],
    });
    expect(beat?.day).toMatchObject({
      until: '2026-01-05T20:00:00.000Z',
      since: '2026-01-04T20:00:00.000Z',
      invalid: ['broken'],
      active: 2,
    });
    expect(beat?.day.stale).toContain('nightly');
    // Of the hourly one's 24 slots the newest was in time; the nightly one's was not.
    expect(beat?.day.missed).toBe(24);
    const subjects = (await world.cloud.control.messages()).map(({ subject }) => subject);
    expect(subjects).toContainEqual(expect.stringMatching(/^\[Phonevault\] .*每日报告：1 个策略/));
    expect(await store.get('state/heartbeat.json')).toBeDefined();
    expect(await storeOf(world).list('open/hints/heartbeat')).toEqual([]);
  });
});

describe('PHONEVAULT_HEARTBEAT', () => {
  const read = (value: string) =>
    readSettings(
      {},
      {
        env: {
          PHONEVAULT_REGION: 'cn-north-4',
          PHONEVAULT_PROJECT_ID: 'p1',
          PHONEVAULT_BUCKET: 'backups',
          PHONEVAULT_HEARTBEAT: value,
        },
      },
    ).heartbeat;

  it.each([
    ['08:00 Asia/Shanghai', EIGHT],
    ['23:59 UTC zh', { cron: '0 59 23 * * *', timezone: 'UTC', language: 'zh' }],
  ])('reads %s', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each(['8:00 UTC', '24:00 UTC', '08:00', '08:00 Mars/Olympus', '08:00 UTC fr', 'on'])(
    'refuses %s and says what is allowed',
    (text) => {
      expect(() => read(text)).toThrow(/PHONEVAULT_HEARTBEAT is .*allowed: .*08:00 Asia\/Shanghai/);
    },
  );
});
