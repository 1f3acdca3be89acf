import { expect, it } from 'vitest';
import { httpSamples } from '../../../scripts/docs/http-samples.ts';
import { night, NIGHTLY } from '../../../testing/night.ts';

it('takes samples of accepted calls, a cancellation and a problem, without a token in them', async () => {
  const world = await night({ phones: 2, servers: 1, seed: 7 });
  await world.putPolicy(NIGHTLY);
  const samples = await httpSamples(world);
  const { run_id } = samples['accepted'] as { run_id: string };
  expect(samples).toMatchObject({
    accepted: { policy: 'nightly' },
    cancelling: { run_id },
    cancel: { version: 1 },
    refreshing: expect.any(Object) as object,
    problem: { status: 400, code: 'body_invalid' },
  });
  expect(JSON.stringify(samples)).not.toContain('bearer-token');
});
