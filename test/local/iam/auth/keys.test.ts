import { expect, it } from 'vitest';
import { createKeys } from '../../../../local/iam/auth/keys.ts';
import { createRandom } from '../../../../local/simulation/random.ts';
import { createTime } from '../../../../local/simulation/time.ts';
import { manualClock, START } from '../../support/clock.ts';

const principal = { userId: 'u', userName: 'user', domainId: 'd' };
const owner = { principal, projectId: 'p' };
const fixture = (mark?: string) =>
  createKeys({ random: createRandom(1, 'keys'), time: createTime(manualClock()), mark });

it('issues permanent keys, and temporary ones with a security token', () => {
  const keys = fixture();
  const permanent = keys.issue(owner);
  const temporary = keys.issue({ ...owner, lifetimeMs: 1_000 });
  expect(permanent).toMatchObject({ securityToken: undefined, expiresAt: undefined });
  expect(permanent.accessKey).toMatch(/^[A-Z0-9]{20}$/);
  expect(permanent.secretKey).toMatch(/^[A-Za-z0-9]{40}$/);
  expect(temporary.expiresAt).toBe(START + 1_000);
  expect(temporary.securityToken).toHaveLength(800);
  expect(keys.find(temporary.accessKey)).toBe(temporary);
  expect(keys.find('none')).toBeUndefined();
});

it('registers the key of an external server', () => {
  const keys = fixture();
  const external = { accessKey: 'a', secretKey: 's', securityToken: 't', expiresAt: 5 };
  keys.register(external, owner);
  expect(keys.find('a')).toEqual({ ...external, ...owner });
});

it('writes the mark into every secret', () => {
  const { secretKey, securityToken } = fixture('leak').issue({ ...owner, lifetimeMs: 1 });
  expect([secretKey, securityToken].every((text) => text?.includes('leak'))).toBe(true);
});
