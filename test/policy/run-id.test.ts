import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { requestRunId, RUN_ID_MAX, timerRunId } from '../../lib/policy/run-id.ts';

const sha256hex = (text: string) => createHash('sha256').update(text).digest('hex');

test('a slot has one run id', () => {
  expect(timerRunId('nightly', Date.UTC(2026, 0, 2, 2, 30))).toBe('nightly-20260102t023000z');
});

test('a token has one run id, and does not show in it', () => {
  const id = requestRunId('nightly', 'order-4711', sha256hex);
  expect(id).toMatch(/^nightly-[0-9a-f]{24}$/);
  expect(requestRunId('nightly', 'order-4711', sha256hex)).toBe(id);
  expect(requestRunId('nightly', 'order-4712', sha256hex)).not.toBe(id);
});

test('policy and token do not run into each other', () => {
  const digestOf = (policy: string, token: string) =>
    requestRunId(policy, token, sha256hex).slice(policy.length + 1);
  expect(digestOf('a', 'bc')).not.toBe(digestOf('ab', 'c'));
});

test('no run id is longer than what object keys reckon with', () => {
  const name = 'p'.repeat(32);
  expect(timerRunId(name, 0).length).toBeLessThanOrEqual(RUN_ID_MAX);
  expect(requestRunId(name, 't', sha256hex).length).toBeLessThanOrEqual(RUN_ID_MAX);
});
