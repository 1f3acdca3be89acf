import { expect, it } from 'vitest';
import { hooked, stoppedApps } from '../support/hooked.ts';
import { useLightS3 } from '../../testing/cloud/light-s3.ts';

useLightS3();

const MINUTE = 60_000;
const CALLS = Array.from({ length: 14 }, (_, n) => 8 + 2 * n);

it.each(CALLS.flatMap((call) => [[call, 'before'] as const, [call, 'after'] as const]))(
  'a drive killed at call %i, %s it is carried out, leaves no app stopped and no phone unexported',
  async (call, when) => {
    const scene = await hooked({ phones: 3, servers: 1 });
    const runId = await scene.requestRun();
    await scene.driveKilled(call, when);
    // The lease of the killed drive expires.
    scene.clock.move(2 * MINUTE);
    const { report, phones } = await scene.settle(runId, 90);
    expect(report).toMatchObject({ outcome: 'completed', counts: { exported: phones.length } });
    expect(report).not.toHaveProperty('failed_hooks');
    expect(stoppedApps(scene)).toBe(0);
  },
);
