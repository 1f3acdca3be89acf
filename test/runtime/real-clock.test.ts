import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { realClock } from '../../lib/runtime/real-clock.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('sleeps for the given time', async () => {
  const started = realClock.now();
  const sleep = realClock.sleep(1_000);
  await vi.advanceTimersByTimeAsync(1_000);
  await sleep;
  expect(realClock.now() - started).toBe(1_000);
});

it('ends a sleep when its signal aborts, and leaves no timer behind', async () => {
  const controller = new AbortController();
  const sleep = realClock.sleep(60_000, controller.signal);
  expect(vi.getTimerCount()).toBe(1);
  controller.abort();
  await sleep;
  expect(vi.getTimerCount()).toBe(0);
});

it('does not sleep when its signal has aborted already', async () => {
  await realClock.sleep(60_000, AbortSignal.abort());
  expect(vi.getTimerCount()).toBe(0);
});
