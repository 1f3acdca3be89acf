import { expect } from 'vitest';

/** Waits until a value is as expected; only the time limit of the test ends the wait. */
export const eventually = <T>(read: () => T | Promise<T>) =>
  expect.poll(read, { timeout: 110_000, interval: 10 });
