import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createScaledTimers, withTimeout } from '../../../local/simulation/scaled-timers.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function fixture(speed: number) {
  let current = speed;
  const timers = createScaledTimers({ speed: () => current });
  const setSpeed = (next: number) => {
    current = next;
    timers.rearm();
  };
  const fired: string[] = [];
  const start = (name: string, ms: number, minRealMs?: number) =>
    timers.after(ms, () => void fired.push(name), minRealMs);
  return { timers, setSpeed, fired, start };
}

describe('scaled timers', () => {
  it('fire after simulated time, unless they are cancelled', () => {
    const { start, fired } = fixture(10);
    start('a', 1_000);
    start('b', 1_000)();
    vi.advanceTimersByTime(99);
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(fired).toEqual(['a']);
  });

  it('keep the rest of their time when the speed changes', () => {
    const { start, fired, setSpeed } = fixture(10);
    start('a', 1_000);
    vi.advanceTimersByTime(50);
    setSpeed(1);
    vi.advanceTimersByTime(499);
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(fired).toEqual(['a']);
  });

  it('wait for a minimum of real time', () => {
    const { start, fired } = fixture(1_000);
    start('a', 1_000, 500);
    vi.advanceTimersByTime(499);
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(fired).toEqual(['a']);
  });
});

describe('withTimeout', () => {
  it('returns the result in time', async () => {
    const { timers } = fixture(1);
    expect(await withTimeout(timers, 1_000, Promise.resolve('result'))).toBe('result');
    await expect(withTimeout(timers, 1_000, Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('returns `timeout` after the time, but not before 5 s of real time', async () => {
    const { timers } = fixture(1_000);
    let outcome = '';
    const running = withTimeout(timers, 90_000, new Promise<string>(() => undefined));
    void running.then((value) => (outcome = value));
    await vi.advanceTimersByTimeAsync(4_999);
    expect(outcome).toBe('');
    await vi.advanceTimersByTimeAsync(1);
    expect(outcome).toBe('timeout');
  });
});
