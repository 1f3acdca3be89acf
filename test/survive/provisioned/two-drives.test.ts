import { describe, expect, it } from 'vitest';
import { firstBackupNight } from '../../../testing/provisioning.ts';
import { useLightS3 } from '../../../testing/cloud/light-s3.ts';

const MINUTE = 60_000;
const LEASE_OVER = 91_000;

useLightS3();

describe.each(['honoured', 'ignored'] as const)(
  'two drives at once, conditional PUT %s',
  (mode) => {
    it('make one first backup of each phone when the first drive sleeps past its lease before any call', async () => {
      for (let call = 1; ; call += 2) {
        const world = await firstBackupNight({ conditionalPut: mode });
        const traces = await world.buy(2);
        for (const cts of traces) await world.fire({ cts });
        await world.minutes(2);
        world.clock.move(4 * MINUTE);

        const held = await world.driveHeld(call);
        if (held === undefined) {
          expect(call).toBeGreaterThan(40);
          return;
        }
        world.clock.move(LEASE_OVER);
        await world.drive();
        await held.release();
        await world.minutes(24, 4);
        const ids = traces.map((trace) => trace.resource_id).sort();
        expect(world.exported().sort(), `held before call ${call}`).toEqual(ids);
        expect(await world.inbox(), `held before call ${call}`).toEqual([]);
      }
    });
  },
);
