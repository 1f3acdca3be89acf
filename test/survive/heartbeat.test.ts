import { describe, expect, it } from 'vitest';
import { schedule } from '../../lib/run/schedule/schedule.ts';
import { type Night, night } from '../../testing/night.ts';
import { hintsOf, notifications } from './support/days.ts';
import { useLightS3 } from '../../testing/cloud/light-s3.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** 02:00 in Shanghai. */
const START = Date.UTC(2026, 0, 1, 18);
const heartbeat = { cron: '0 0 8 * * *', timezone: 'Asia/Shanghai', language: 'en' } as const;

/** A minute of a cold instance of schedule. */
async function tick(world: Night): Promise<void> {
  const { deps, wake } = world.invocation();
  await schedule({ ...deps, wake, heartbeat }, { time: world.clock.now(), policy: undefined }, {});
}

const heartbeats = async (world: Night) =>
  (await notifications(world)).filter(({ kind }) => kind === 'heartbeat');

useLightS3();

describe('the daily message', () => {
  it('is sent once a day by cold instances', async () => {
    const world = await night({ phones: 2, servers: 1, seed: 4, start: START });
    for (let hour = 0; hour < 49; hour += 1) {
      await tick(world);
      await tick(world);
      await world.drive();
      world.clock.move(HOUR);
    }
    // At once when it is switched on, then at each 08:00.
    const sent = await heartbeats(world);
    expect(sent.map(({ reason }) => reason)).toEqual(['20260101', '20260102', '20260103']);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(3);
    expect(await hintsOf(world)).toEqual([]);
  });

  it('has one id although two drives send it', async () => {
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
      const ids = (await heartbeats(world)).map(({ id }) => id);
      expect(new Set(ids).size, `held at call ${call}`).toBe(1);
      expect(await hintsOf(world)).toEqual([]);
    }
  });
});
