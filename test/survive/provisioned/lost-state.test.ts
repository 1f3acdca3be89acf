import { expect, it } from 'vitest';
import { layout } from '../../../lib/ledger/store/layout.ts';
import { type FirstBackupNight, firstBackupNight } from '../../../testing/provisioning.ts';
import { useLightS3 } from '../../../testing/cloud/light-s3.ts';

/** The minute timers of schedule and drive, for so many minutes. */
async function timers(world: FirstBackupNight, minutes: number, every = 1): Promise<void> {
  for (let minute = 0; minute < minutes; minute += every) {
    await world.tick();
    await world.minutes(every, every);
  }
}

useLightS3();

it('makes no first backup of earlier phones after the loss of all caches', async () => {
  const world = await firstBackupNight({ phones: 40, servers: 2 });
  await timers(world, 2);
  const traces = await world.buy(2);
  await timers(world, 24);
  expect(world.exported()).toHaveLength(2);
  const { store } = world.invocation().deps;
  await store.remove([layout.provisioning, layout.cursors]);
  await timers(world, 40, 5);
  for (const trace of traces) await world.fire({ cts: trace });
  await timers(world, 20, 2);
  expect(world.exported()).toHaveLength(2);
});
