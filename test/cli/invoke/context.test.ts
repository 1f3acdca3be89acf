import { expect, it } from 'vitest';
import { contextOf, type InvocationFacts } from '../../../cli/invoke/context.ts';
import { credentialsOf, requestIdOf, timeLeft } from '../../../lib/runtime/context.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { revealSecrets } from '../../support/reveal-secrets.ts';

const facts: InvocationFacts = {
  functionName: 'drive',
  requestId: 'r1',
  timeoutMs: 60_000,
  projectId: 'p1',
  userData: { PHONEVAULT_BUCKET: 'b' },
  credentials: { token: 'T', accessKey: 'AK', secretKey: 'SK', securityToken: 'ST' },
};

it('gives a handler everything that FunctionGraph would', () => {
  const context = contextOf(facts, playClock().now);
  expect(requestIdOf(context)).toBe('r1');
  expect(context.getFunctionName?.()).toBe('drive');
  expect(context.getProjectID?.()).toBe('p1');
  expect(context.getUserData?.('PHONEVAULT_BUCKET')).toBe('b');
  expect(context.getUserData?.('constructor')).toBeUndefined();
  expect(revealSecrets(credentialsOf(context))).toEqual(facts.credentials);
});

it('counts its time down from now on, to zero', () => {
  const clock = playClock();
  const left = timeLeft(contextOf(facts, clock.now), clock, 0);
  clock.move(59_000);
  expect(left()).toBe(1_000);
  clock.move(2_000);
  expect(left()).toBe(0);
});
