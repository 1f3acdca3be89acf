import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  policyOfRun,
  requestRunId,
  RUN_ID_MAX,
  timerRunId,
} from '../../../lib/policy/keys/run-id.ts';

const sha256hex = (text: string) => createHash('sha256').update(text).digest('hex');

test('derives the run id of a slot from policy and time', () => {
  expect(timerRunId('nightly', Date.UTC(2026, 0, 2, 2, 30))).toBe('nightly-20260102t023000z');
});

test('derives one run id from a token without revealing the token', () => {
  const id = requestRunId('nightly', 'order-4711', sha256hex);
  expect(id).toMatch(/^nightly-[0-9a-f]{24}$/);
  expect(requestRunId('nightly', 'order-4711', sha256hex)).toBe(id);
  expect(requestRunId('nightly', 'order-4712', sha256hex)).not.toBe(id);
});

test('separates policy and token in the digest', () => {
  const digestOf = (policy: string, token: string) =>
    requestRunId(policy, token, sha256hex).slice(policy.length + 1);
  expect(digestOf('a', 'bc')).not.toBe(digestOf('ab', 'c'));
});

test('keeps run ids within the length that object keys reserve', () => {
  const name = 'p'.repeat(32);
  expect(timerRunId(name, 0).length).toBeLessThanOrEqual(RUN_ID_MAX);
  expect(requestRunId(name, 't', sha256hex).length).toBeLessThanOrEqual(RUN_ID_MAX);
});

test('reads the policy from a run id', () => {
  const slot = Date.UTC(2026, 0, 2, 2, 30);
  expect(policyOfRun(timerRunId('nightly', slot))).toBe('nightly');
  expect(policyOfRun(timerRunId('a-20260102t023000z', slot))).toBe('a-20260102t023000z');
  expect(policyOfRun(requestRunId('weekly-apps', 'token', sha256hex))).toBe('weekly-apps');
});

test.each([
  '',
  'nightly',
  '-20260102t023000z',
  'nightly-20260102',
  'nightly-20260102t0230z',
  'nightly-2026010t023000z',
  'nightly-20260102t023000z.json',
  `nightly-${'a'.repeat(23)}`,
  `nightly-${'g'.repeat(24)}`,
  `nightly-${'A'.repeat(24)}`,
])('reads no policy from the run id %j', (runId) => {
  expect(policyOfRun(runId)).toBeUndefined();
});
