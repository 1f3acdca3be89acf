import { expect, it } from 'vitest';
import { contextOf } from '../../cli/invoke/context.ts';
import { httpDeps } from '../../lib/runtime/http-deps.ts';
import { playClock } from '../../testing/play-clock.ts';

const userData = {
  PHONEVAULT_REGION: 'cn-north-4',
  PHONEVAULT_PROJECT_ID: 'p1',
  PHONEVAULT_BUCKET: 'backups',
};

/** The dependencies of a call with this time limit, and how long it may take (ms). */
function depsWith(timeoutMs: number) {
  const clock = playClock();
  const facts = {
    ...{ functionName: 'http', requestId: 'r1', projectId: 'p1', timeoutMs, userData },
    credentials: { token: '', accessKey: '', secretKey: '', securityToken: '' },
  };
  const send = () => Promise.reject(new Error('sent'));
  const instance = { clock, random: () => 0.5, send, write: () => undefined };
  const deps = httpDeps(contextOf(facts, clock.now), instance, '/backup');
  return { deps, ms: deps.until - clock.now() };
}

it.each([
  [10_000, 7_000],
  [53_000, 50_000],
  [60_000, 50_000],
  [2_000, 0],
])('with a time limit of %i ms, gives a call %i ms', (timeoutMs, expected) => {
  expect(depsWith(timeoutMs).ms).toBe(expected);
});

it('needs neither a topic nor callers', () => {
  const { deps } = depsWith(60_000);
  expect(deps.callers).toEqual({ tokens: [], webhooks: [] });
  expect(deps.mount).toBe('/backup');
});
