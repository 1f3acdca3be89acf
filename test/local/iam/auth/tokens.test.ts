import { expect, it } from 'vitest';
import { createTokens } from '../../../../local/iam/auth/tokens.ts';
import { createRandom } from '../../../../local/simulation/random.ts';
import { createTime } from '../../../../local/simulation/time.ts';
import { manualClock, START } from '../../support/clock.ts';

const DAY = 86_400_000;
const claims = {
  principal: { userId: 'u', userName: 'user', domainId: 'd' },
  methods: ['password'],
  projectId: 'p',
  domainScoped: false,
};

it('issues tokens of 24 hours in PKI form, and knows them for another day', () => {
  const clock = manualClock();
  const tokens = createTokens({ random: createRandom(1, 'tokens'), time: createTime(clock) });
  const { token, record } = tokens.issue(claims);
  expect(token).toMatch(/^MII[A-Za-z0-9+=-]{3000,}$/);
  expect(record).toEqual({ ...claims, issuedAt: START, expiresAt: START + DAY });
  expect([tokens.find(token), tokens.find(`${token}x`)]).toEqual([record, undefined]);
  clock.move(2 * DAY - 1);
  tokens.issue(claims);
  expect(tokens.find(token)).toBe(record);
  clock.move(1);
  tokens.issue(claims);
  expect(tokens.find(token)).toBeUndefined();
});
