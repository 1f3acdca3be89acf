import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

type Timer = { close(): void; unref(): Timer; hasRef(): boolean; refresh(): Timer };
type Timers = {
  clear(timer: unknown): void;
  ScaledTimer: new (run: () => void, delay: unknown, args: unknown[], repeats: boolean) => Timer;
  wait(delay: number, value?: unknown, options?: { signal?: AbortSignal }): Promise<unknown>;
  rearm(): void;
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Timers on a clock that runs `speed` times faster than the fake one. */
function fixture() {
  const path = '../../../../local/functiongraph/instance/timers.cjs';
  const require = createRequire(import.meta.url);
  delete require.cache[require.resolve(path)];
  const { createTimers } = require(path) as {
    createTimers(now: () => number, speed: () => number): Timers;
  };
  let [speed, origin, base] = [10, Date.now(), 0];
  const now = () => base + (Date.now() - origin) * speed;
  const timers = createTimers(now, () => speed);
  const setSpeed = (next: number) => {
    [base, origin, speed] = [now(), Date.now(), next];
    timers.rearm();
  };
  const fired: number[] = [];
  const start = (delay: unknown, repeats = false) =>
    new timers.ScaledTimer(() => void fired.push(now()), delay, [], repeats);
  return { timers, start, fired, setSpeed };
}

describe('scaled timers', () => {
  it('fire after scaled time, once or repeatedly', () => {
    const { start, fired } = fixture();
    start(1_000);
    start(400, true);
    vi.advanceTimersByTime(100);
    expect(fired).toEqual([400, 800, 1_000]);
  });

  it('keep the rest of their time when the speed changes', () => {
    const { start, fired, setSpeed } = fixture();
    start(1_000);
    vi.advanceTimersByTime(50);
    setSpeed(1);
    vi.advanceTimersByTime(499);
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(fired).toEqual([1_000]);
  });

  it('are cleared by object or by number, and restart on refresh', () => {
    const { timers, start, fired } = fixture();
    timers.clear(start(100));
    timers.clear(Number(start(100)));
    const refreshed = start(100);
    vi.advanceTimersByTime(5);
    refreshed.refresh();
    vi.advanceTimersByTime(9);
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(fired).toEqual([150]);
  });

  it('reject a wait that is aborted', async () => {
    const { timers } = fixture();
    const controller = new AbortController();
    const waiting = timers.wait(1_000, 'value', { signal: controller.signal });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' });
    const done = timers.wait(1_000, 'value');
    vi.advanceTimersByTime(100);
    expect(await done).toBe('value');
  });
});
