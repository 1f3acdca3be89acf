import { expect, it } from 'vitest';
import { fixture } from '../deploy-scene.ts';

/** Deploys the stage test, then plans the stage `other` with other settings, and returns the warnings of the plan. */
async function warnings(
  first: Record<string, string>,
  other: Record<string, string>,
  stage = 'other',
) {
  const { run, plan, allDesired, lines } = await fixture();
  const apart = { http: { events: [] }, event: { events: [] } };
  await run(allDesired(apart, 'test', first));
  await plan(allDesired(apart, stage, other));
  return lines.filter((line) => line.includes('warning'));
}

const BUCKET = { PHONEVAULT_BUCKET: 'vault' };

it.each([
  ['both have the default', {}, {}],
  ['one names the default', {}, { PHONEVAULT_PREFIX: 'phonevault' }],
  ['both name it', { PHONEVAULT_PREFIX: 'a/b/' }, { PHONEVAULT_PREFIX: 'a/b' }],
])('plan warns of a stage with the same bucket and prefix: %s', async (_, first, other) => {
  const found = await warnings({ ...BUCKET, ...first }, { ...BUCKET, ...other });
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(
    /^drive: warning: phonevault-test-drive works on the same ledger, obs:\/\/vault\//,
  );
});

it.each([
  ['inside', 'phonevault/', 'phonevault/test/'],
  ['around', 'teams/a/', 'teams/'],
])('plan warns of a ledger %s the one of another stage', async (_, first, own) => {
  const found = await warnings(
    { ...BUCKET, PHONEVAULT_PREFIX: first },
    { ...BUCKET, PHONEVAULT_PREFIX: own },
  );
  expect(found[0]).toContain(`works on obs://vault/${first}, not apart from obs://vault/${own}`);
});

it.each([
  ['a longer prefix', { PHONEVAULT_PREFIX: 'phonevault-2/' }, 'other'],
  ['another prefix', { PHONEVAULT_PREFIX: 'other/' }, 'other'],
  ['another bucket', { PHONEVAULT_BUCKET: 'other' }, 'other'],
  ['the same stage', {}, 'test'],
])('plan does not warn of %s', async (_, other, stage) => {
  expect(await warnings(BUCKET, { ...BUCKET, ...other }, stage)).toEqual([]);
});

it('a list that is refused stops nothing', async () => {
  const { cloud, run, allDesired } = await fixture();
  const fault = { service: 'functiongraph', operation: 'listFunctions', kind: 'error' } as const;
  cloud.control.addFault({ ...fault, status: 403, code: 'FSS.0403' });
  expect(await run(allDesired())).toBeGreaterThan(0);
});
