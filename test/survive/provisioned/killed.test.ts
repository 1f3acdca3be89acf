import { describe, expect, it } from 'vitest';
import { type FirstBackupNight, firstBackupNight } from '../../../testing/provisioning.ts';
import { useLightS3 } from '../../../testing/cloud/light-s3.ts';

const MINUTE = 60_000;

/** Phones that have just been bought, their traces delivered, a few minutes before their run falls due. */
async function scene(): Promise<{ world: FirstBackupNight; ids: string[]; events: unknown[] }> {
  const world = await firstBackupNight();
  const traces = await world.buy(2);
  const events = traces.map((cts) => ({ cts }));
  for (const event of events) await world.fire(event);
  await world.minutes(2);
  world.clock.move(4 * MINUTE);
  return { world, ids: traces.map((trace) => trace.resource_id).sort(), events };
}

useLightS3();

describe('first backups of new phones', () => {
  // Every call up to those of the run itself, which other tests cover.
  it.each(['before', 'after'] as const)(
    'are made once when drive is killed %s any call',
    async (when) => {
      for (let call = 1; ; call += call < 45 ? 1 : 4) {
        const { world, ids, events } = await scene();
        const killed = await world.driveKilled(call, when);
        world.clock.move(2 * MINUTE);
        await world.fire(events[0]);
        await world.minutes(6, 2);
        for (const event of events) await world.fire(event);
        await world.minutes(24, 4);
        expect(world.exported().sort(), `killed ${when} call ${call}`).toEqual(ids);
        expect(await world.runIds(), `killed ${when} call ${call}`).toHaveLength(1);
        // After a lost response, archives that may still land are watched beyond the end of the run.
        const left = (await world.inbox()).filter((key) => !key.startsWith('open/late/'));
        expect(left, `killed ${when} call ${call}`).toEqual([]);
        if (!killed) {
          expect(call).toBeGreaterThan(40);
          return;
        }
      }
    },
  );

  it('are made although each drive is killed one call later than the one before', async () => {
    const { world, ids } = await scene();
    for (let call = 1; call < 70; call += 1) {
      if (await world.driveKilled(call, call % 2 === 0 ? 'before' : 'after')) {
        world.clock.move(2 * MINUTE);
      }
    }
    await world.minutes(10);
    expect(world.exported().sort()).toEqual(ids);
  });
});
