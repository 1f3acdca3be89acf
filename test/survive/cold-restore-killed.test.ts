import { describe, expect, it } from 'vitest';
import { request } from './restore/backed-up.ts';
import { cold } from './restore/cold-scene.ts';

const MINUTE = 60_000;
const CALLS = [8, 14, 20, 24, 30, 44];

describe('a restore from COLD whose drive is killed', () => {
  it.each(CALLS.flatMap((call) => [[call, 'before'] as const, [call, 'after'] as const]))(
    'at call %i, %s it is carried out, ends as one that was not',
    async (call, when) => {
      const scene = await cold();
      const runId = await request(scene, { targets: scene.targets });
      await scene.driveKilled(call, when);
      // The lease of the killed drive expires.
      scene.clock.move(2 * MINUTE);

      const { report } = await scene.settle(runId, 90);

      expect(report).toMatchObject({ outcome: 'completed' });
      await scene.expectRestored();
    },
  );
});
