import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstBackupNight, eventFormsOf } from '../../../testing/provisioning.ts';
import { useLightS3 } from '../../../testing/cloud/light-s3.ts';

const MINUTE = 60_000;
const forms = ['cts', 'cts_text', 'eventgrid'] as const;

useLightS3();

describe('events about new phones', () => {
  it('request one first backup of each generation of a phone, delivered five times each, late and in any order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000), fc.integer({ min: 1, max: 20 }), async (seed, minutes) => {
        const world = await firstBackupNight({ seed });
        world.cloud.control.setDelivery({ copies: 5, delayMs: [0, minutes * MINUTE], forms });
        const [old] = await world.cloud.control.phones();
        const traces = await world.buy(2);
        traces.push(await world.reset(old?.phone_id ?? ''));
        for (let minute = 0; minute < minutes + 16; minute += 2) {
          await world.deliver();
          await world.minutes(2, 2);
        }
        expect(await world.cloud.control.events()).toHaveLength(15);
        expect(world.exported().sort()).toEqual(traces.map((one) => one.resource_id).sort());
        expect(await world.inbox()).toEqual([]);
      }),
      { numRuns: 8 },
    );
  });

  it('request one run when all arrive within five minutes', async () => {
    const world = await firstBackupNight();
    const traces = await world.buy(3);
    const events = traces.flatMap(eventFormsOf);
    await Promise.all([...events, ...[...events].reverse()].map(world.fire));
    await world.minutes(9);
    expect(await world.runIds()).toHaveLength(1);
    expect(world.exported()).toHaveLength(3);
  });
});
