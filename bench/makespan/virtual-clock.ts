import type { Clock } from '../../lib/clock.ts';

type Sleep = { at: number; order: number; wake: () => void; isOver: boolean };

export type VirtualClock = Clock & {
  /** Runs work to its end. Time moves to the end of the next sleep whenever everything waits. */
  play<T>(work: () => Promise<T>): Promise<T>;
  /** Moves time, between two pieces of work. */
  moveTo(time: number): void;
};

/** Returns a clock for concurrent work: sleeps that overlap take no longer than the longest of them. */
export function virtualClock(start: number): VirtualClock {
  let now = start;
  let order = 0;
  const sleeps = createHeap<Sleep>((a, b) => a.at - b.at || a.order - b.order);

  const wakeNext = (): void => {
    const next = sleeps.pop();
    if (next === undefined) throw new Error('the work waits for something that never comes');
    if (next.isOver) return;
    now = Math.max(now, next.at);
    next.wake();
  };

  return {
    now: () => now,
    moveTo: (time) => void (now = Math.max(now, time)),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const sleep: Sleep = {
          ...{ at: now + Math.max(0, ms), order: (order += 1), isOver: false },
          wake: () => {
            sleep.isOver = true;
            signal?.removeEventListener('abort', sleep.wake);
            resolve();
          },
        };
        if (signal?.aborted === true) return resolve();
        signal?.addEventListener('abort', sleep.wake);
        sleeps.push(sleep);
      }),
    play: async (work) => {
      let isOver = false;
      const result = work().finally(() => (isOver = true));
      for (;;) {
        // Everything that can go on without time goes on first.
        await new Promise((resolve) => setImmediate(resolve));
        if (isOver) return result;
        wakeNext();
      }
    },
  };
}

export type Heap<T> = { push(item: T): void; pop(): T | undefined; first(): T | undefined };

/** Returns a binary heap: the smallest item is the first. */
export function createHeap<T>(compare: (a: T, b: T) => number): Heap<T> {
  const items: T[] = [];
  const swap = (a: number, b: number): void => {
    const [one, other] = [items[a] as T, items[b] as T];
    [items[a], items[b]] = [other, one];
  };
  const isBefore = (a: number, b: number): boolean => compare(items[a] as T, items[b] as T) < 0;
  return {
    first: () => items[0],
    push: (item) => {
      let at = items.push(item) - 1;
      for (let parent = (at - 1) >> 1; at > 0 && isBefore(at, parent); parent = (at - 1) >> 1) {
        swap(at, parent);
        at = parent;
      }
    },
    pop: () => {
      const top = items[0];
      const last = items.pop();
      if (items.length === 0 || last === undefined) return top;
      items[0] = last;
      for (let at = 0; ;) {
        let child = 2 * at + 1;
        if (child + 1 < items.length && isBefore(child + 1, child)) child += 1;
        if (child >= items.length || !isBefore(child, at)) return top;
        swap(at, child);
        at = child;
      }
    },
  };
}
