import { describe, expect, it } from 'vitest';
import {
  type AsyncResult,
  createAsyncQueue,
} from '../../../../local/functiongraph/invocations/async-queue.ts';
import { fss } from '../../../../local/functiongraph/model/error.ts';
import type { AsyncConfig } from '../../../../local/functiongraph/model/function.ts';
import type { Outcome } from '../../../../local/functiongraph/runtime/run-event.ts';
import { createTime } from '../../../../local/simulation/time.ts';
import { createTimeline } from '../../../../local/simulation/timeline.ts';
import { manualClock } from '../../support/clock.ts';
import { functionRecord } from '../../support/functiongraph.ts';

const measured = { durationMs: 1, memoryMb: 1, log: '' };
const OK: Outcome = { kind: 'ok', result: '{"a":1}', ...measured };
const FAILED: Outcome = {
  kind: 'failed',
  errorMessage: 'no luck',
  errorType: 'Error',
  ...measured,
};

/** A queue whose function has these outcomes, one an attempt. */
function fixture(outcomes: (Outcome | Error)[], policy?: Partial<AsyncConfig>) {
  const clock = manualClock();
  const time = createTime(clock);
  const timeline = createTimeline(time);
  const record = functionRecord();
  if (policy !== undefined) {
    record.asyncConfig = {
      max_async_event_age_in_seconds: 3_600,
      max_async_retry_attempts: 1,
      destination_config: {},
      enable_async_status_log: false,
      createdAt: 0,
      lastModified: 0,
      ...policy,
    };
  }
  const attempts: number[] = [];
  const results: AsyncResult[] = [];
  let exists = true;
  const queue = createAsyncQueue({
    timeline,
    now: time.simulated,
    async runEvent() {
      const outcome = outcomes[attempts.length];
      attempts.push(clock.now());
      if (outcome instanceof Error) throw outcome;
      return outcome ?? { kind: 'busy' };
    },
    exists: () => exists,
    onResult: (result) => void results.push(result),
  });
  const settle = () => new Promise(setImmediate);
  const pass = async (ms: number) => {
    clock.move(ms);
    await timeline.advance();
    await settle();
  };
  const submit = async () => {
    queue.submit(record, 'r1', '{"event":1}');
    await settle();
  };
  const remove = () => void (exists = false);
  return { submit, pass, attempts, results, remove };
}

describe('the queue of asynchronous invocations', () => {
  it('reports the result of a function', async () => {
    const { submit, results } = fixture([OK]);
    await submit();
    expect(results).toMatchObject([
      { requestId: 'r1', event: '{"event":1}', attempts: 1, succeeded: true, payload: '{"a":1}' },
    ]);
  });

  it('leaves out a result of more than 256 KB', async () => {
    const { submit, results } = fixture([{ ...OK, result: 'x'.repeat(256 * 1024 + 1) }]);
    await submit();
    expect(results).toMatchObject([{ succeeded: true, payload: '' }]);
  });

  it('does not retry without a policy', async () => {
    const { submit, pass, attempts, results } = fixture([FAILED]);
    await submit();
    await pass(3_600_000);
    expect(attempts).toHaveLength(1);
    expect(results).toMatchObject([
      {
        succeeded: false,
        statusCode: 200,
        functionError: 'no luck',
        payload: '{"errorMessage":"no luck","errorType":"Error"}',
      },
    ]);
  });

  it('retries after 1 and 2 minutes with two retries, then reports the failure', async () => {
    const policy = { max_async_retry_attempts: 2 };
    const { submit, pass, attempts, results } = fixture([FAILED, FAILED, FAILED], policy);
    await submit();
    const counts = [];
    for (const ms of [59_999, 1, 119_999, 1]) {
      await pass(ms);
      counts.push(attempts.length);
    }
    expect(counts).toEqual([1, 2, 2, 3]);
    expect(results).toMatchObject([{ attempts: 3, succeeded: false }]);
  });

  it('does not retry an event that would be too old by then', async () => {
    const policy = { max_async_retry_attempts: 3, max_async_event_age_in_seconds: 59 };
    const { submit, results } = fixture([FAILED], policy);
    await submit();
    expect(results).toMatchObject([{ attempts: 1, succeeded: false }]);
  });

  it.each([
    ['no instance is free', { kind: 'busy' } as const],
    ['the function is disabled', fss('FSS.0403')],
  ])('discards an event if %s, whatever the policy', async (_, outcome) => {
    const { submit, results } = fixture([outcome], { max_async_retry_attempts: 3 });
    await submit();
    expect(results).toMatchObject([{ succeeded: false, statusCode: 429 }]);
  });

  it('forgets the event of a deleted function', async () => {
    const { submit, pass, attempts, results, remove } = fixture([FAILED], {});
    await submit();
    remove();
    await pass(60_000);
    expect([attempts.length, results]).toEqual([1, []]);
  });
});
