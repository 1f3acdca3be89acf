import { expect, it } from 'vitest';
import type { RunEvent } from '../../../../lib/ledger/run/events.ts';
import { failedHooks } from '../../../../lib/run/state/hooks/results.ts';
import { failed, outcomeUnknown, refused, succeeded } from '../../../support/attempt-events.ts';
import { phoneWith, T0 } from '../../../support/runs.ts';

const HOOKS = {
  ...{ before: ['am force-stop com.a', 'sync'], after: ['am start -n com.a/.Main'] },
  ...{ timeout: 60_000, on_error: 'continue' as const },
};

const sent = (command: string, attempt: number): RunEvent => ({
  ...{ type: 'intent', at: T0, window: `w${attempt}` },
  attempts: [{ phone_id: 'p1', attempt, call: 'command', command }],
});
const job = (attempt: number): RunEvent => ({
  ...{ type: 'accepted', at: T0, phone_id: 'p1', attempt, job_id: `j${attempt}`, request_id: 'r' },
});

it('names each command that was sent and did not succeed, with the reason', () => {
  const phone = phoneWith([
    ...[sent('before 1', 1_001), job(1_001), failed('CPS.0191', 1_001)],
    ...[sent('before 2', 1_002), refused(1_002, 'APIGW.0302')],
    ...[sent('after 1', 1_003), outcomeUnknown(1_003), sent('after 1', 1_004), job(1_004)],
  ]);
  expect(failedHooks(phone, HOOKS)).toEqual([
    { hook: 'before', command: 'am force-stop com.a', result: 'failed', code: 'CPS.0191' },
    { hook: 'before', command: 'sync', result: 'refused', code: 'APIGW.0302' },
    { hook: 'after', command: 'am start -n com.a/.Main', result: 'no_answer' },
  ]);
});

it('names none that succeeded at last, or that was never sent', () => {
  const lost = [sent('before 1', 1_001), outcomeUnknown(1_001)];
  const phone = phoneWith([...lost, sent('before 1', 1_002), job(1_002), succeeded(1_002)]);
  expect(failedHooks(phone, HOOKS)).toEqual([]);
  expect(failedHooks(phone, undefined)).toEqual([]);
});
