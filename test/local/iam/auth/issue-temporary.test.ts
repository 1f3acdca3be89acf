import { expect, it } from 'vitest';
import { createIssueTemporary } from '../../../../local/iam/auth/issue-temporary.ts';
import { createKeys } from '../../../../local/iam/auth/keys.ts';
import { createRandom } from '../../../../local/simulation/random.ts';
import { createTime } from '../../../../local/simulation/time.ts';
import { manualClock, START } from '../../support/clock.ts';

const principal = { userId: 'u', userName: 'user', domainId: 'd' };
const request = { principal, projectId: 'p', lifetimeMs: 1_000 };
const newKeys = () =>
  createKeys({ random: createRandom(1, 'keys'), time: createTime(manualClock()) });

it('issues own keys without a source', async () => {
  expect((await createIssueTemporary(newKeys(), undefined)(request)).expiresAt).toBe(START + 1_000);
});

it('registers the keys of a source, and rejects if the source fails', async () => {
  const keys = newKeys();
  const external = { accessKey: 'a', secretKey: 's', securityToken: 't', expiresAt: 7 };
  const lifetimes: number[] = [];
  const issue = createIssueTemporary(keys, async (ms) => (lifetimes.push(ms), external));
  expect(await issue(request)).toEqual({ ...external, principal, projectId: 'p' });
  expect([keys.find('a')?.principal, lifetimes]).toEqual([principal, [1_000]]);
  const broken = createIssueTemporary(keys, () => Promise.reject(new Error('down')));
  await expect(broken(request)).rejects.toThrow('down');
});
