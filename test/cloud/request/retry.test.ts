import { describe, expect, it } from 'vitest';
import { withRetry } from '../../../lib/cloud/request/retry.ts';
import { BusyError, ThrottledError } from '../../../lib/cloud/request/throttled.ts';
import { ServiceError } from '../../../lib/errors.ts';
import { recordingClock } from '../support/recording-clock.ts';

const facts = { service: 'cph', operation: 'list-phones', carriedOut: 'unknown' } as const;
const failed = (retryable = true) => new ServiceError('service', 'failed', facts, { retryable });
const busy = (retryAfterMs?: number) => new BusyError('service', 'busy', facts, retryAfterMs);
const throttled = (windowMs?: number, retryAfterMs?: number) =>
  new ThrottledError('slow down', facts, {
    limit: windowMs === undefined ? undefined : { limit: 6, windowMs },
    retryAfterMs,
  });
const LIMITS = { attempts: 3, throttledAttempts: 2, totalMs: 25_000 };

/** Runs attempts that end with these errors in turn, then succeed. */
async function attempts(
  errors: Error[],
  limits: Partial<typeof LIMITS> = {},
  options: { signal?: AbortSignal; eachMs?: number } = {},
) {
  const { clock, slept } = recordingClock();
  const throttles: number[] = [];
  const numbers: number[] = [];
  const left: number[] = [];
  const { signal, eachMs = 0 } = options;
  const tools = {
    clock,
    random: () => 0.5,
    signal,
    onThrottled: (ms: number) => throttles.push(ms),
  };
  const result = await withRetry(tools, { ...LIMITS, ...limits }, async (number, leftMs) => {
    numbers.push(number);
    left.push(leftMs);
    clock.move(eachMs);
    const error = errors[number - 1];
    if (error !== undefined) throw error;
    return 'done';
  }).catch((error: unknown) => error);
  return { result, slept, throttles, numbers, left };
}

describe('withRetry', () => {
  it('repeats an attempt after retryable errors, with growing waits', async () => {
    const { result, slept, numbers } = await attempts([failed(), failed()]);
    expect(result).toBe('done');
    expect(slept).toEqual([100, 200]);
    expect(numbers).toEqual([1, 2, 3]);
  });

  it('throws the last error after the last attempt', async () => {
    const errors = [failed(), failed(), failed()];
    const { result, numbers } = await attempts(errors);
    expect(result).toBe(errors[2]);
    expect(numbers).toHaveLength(3);
  });

  it.each([
    ['an error that is not retryable', failed(false)],
    ['an error that is not ours', new Error('odd')],
  ])('does not repeat after %s', async (_what, error) => {
    const { result, numbers } = await attempts([error]);
    expect(result).toBe(error);
    expect(numbers).toEqual([1]);
  });

  it('makes one attempt when no more are allowed', async () => {
    expect((await attempts([failed()], { attempts: 1 })).numbers).toEqual([1]);
    expect((await attempts([throttled()], { attempts: 1 })).numbers).toEqual([1]);
  });

  it.each([
    ['once without a known window', throttled(), 2],
    ['once with a short window', throttled(2_000), 2],
    ['not with a long window', throttled(60_000), 1],
    ['not with a long Retry-After', throttled(undefined, 30_000), 1],
  ])('repeats a throttled attempt %s', async (_what, error, expected) => {
    const { result, numbers } = await attempts([error, error]);
    expect(result).toBe(error);
    expect(numbers).toHaveLength(expected);
  });

  it('reports the waits that a throttle caused, and no others', async () => {
    expect((await attempts([throttled()])).throttles).toEqual([100]);
    expect((await attempts([failed()])).throttles).toEqual([]);
  });

  it.each([busy(1_000), throttled(undefined, 1_000)])(
    'waits as long as Retry-After asks (%s)',
    async (error) => {
      expect((await attempts([error])).slept).toEqual([1_000]);
    },
  );

  it('throws at once when Retry-After asks for a long wait', async () => {
    const { slept, numbers } = await attempts([busy(3_600_000)]);
    expect(slept).toEqual([]);
    expect(numbers).toEqual([1]);
  });

  it('starts no attempt after the total time', async () => {
    const late = await attempts([failed()], { totalMs: 1_000 }, { eachMs: 900 });
    expect(late.numbers).toEqual([1]);
    const inTime = await attempts([failed()], { totalMs: 1_001 }, { eachMs: 900 });
    expect(inTime.numbers).toEqual([1, 2]);
    expect(inTime.left).toEqual([1_001, 1]);
  });

  it('does not repeat once aborted', async () => {
    const { numbers, slept } = await attempts([failed()], {}, { signal: AbortSignal.abort() });
    expect(numbers).toEqual([1]);
    expect(slept).toEqual([]);
  });
});
