import { describe, expect, it } from 'vitest';
import type { CloudOptions } from '../../local/cloud.ts';
import { type Night, night, NIGHTLY } from '../support/night.ts';
import { expectSound, type Leeway } from '../support/sound.ts';

type Mode = NonNullable<CloudOptions['conditionalPut']>;

const DOUBLED: Leeway = {
  told: () => [1, 2],
  rewritten: (key) => /\/(?:plan|report)\.json$/.test(key),
};

const MINUTE = 60_000;

async function small(conditionalPut: Mode): Promise<{ world: Night; runId: string }> {
  const world = await night({ phones: 4, servers: 2, seed: 5, conditionalPut });
  const [first] = await world.cloud.control.phones();
  world.cloud.control.addFault({
    service: 'cph',
    operation: 'batch-storage',
    kind: 'job_failed',
    code: 'CPS.0054',
    phones: [first?.phone_id ?? ''],
    times: 1,
  });
  await world.putPolicy(NIGHTLY);
  return { world, runId: await world.ask() };
}

// Every call where the bucket honours conditional PUT; the other way only the lease differs, so every third.
describe.each<[Mode, number]>([
  ['honoured', 1],
  ['ignored', 3],
])('killed, conditional PUT %s', (mode, stride) => {
  it.each(['before', 'after'] as const)(
    'reaches the same end whichever call it is killed %s',
    async (when) => {
      let calls = 0;
      for (let call = 1; ; call += stride) {
        const { world, runId } = await small(mode);
        const killed = await world.driveKilled(call, when);
        if (!killed) {
          calls = call - 1;
          break;
        }
        world.clock.move(MINUTE);
        const end = await world.settle(runId, 400);
        expect(end.report.counts, `killed ${when} call ${call}`).toMatchObject({ exported: 4 });
        await expectSound(world, DOUBLED);
        // One export a phone, and one more for the job that failed.
        expect(world.exports, `killed ${when} call ${call}`).toHaveLength(5);
      }
      expect(calls).toBeGreaterThan(30);
    },
    120_000,
  );

  it('reaches it when every drive is killed after a few calls more than the one before', async () => {
    const { world, runId } = await small(mode);
    for (let call = 1; call < 60; call += 1) {
      if (await world.driveKilled(call, call % 2 === 0 ? 'before' : 'after')) {
        world.clock.move(2 * MINUTE);
      }
    }
    await world.settle(runId, 400);
    await expectSound(world, DOUBLED);
  }, 120_000);
});
