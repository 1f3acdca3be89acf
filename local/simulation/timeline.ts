import { toRealTime, type Time } from './time.ts';

export type Timeline = {
  /** Plans `event` for a simulated time. Events of the same time run in the order they were planned. */
  at(time: number, event: () => void | Promise<void>): void;
  /** Runs all events that are due. Every call to the cloud does this first. */
  advance(): Promise<void>;
  /** Simulated time: the time of the running event, else of the clock. */
  now(): number;
  /** `now` in real time, for dates that callers see. */
  realNow(): number;
};

type Entry = { at: number; order: number; event: () => void | Promise<void> };

const DONE = Promise.resolve();

/** A discrete-event queue without a timer: it moves only when `advance` is called. */
export function createTimeline(time: Time): Timeline {
  const heap: Entry[] = [];
  let order = 0;
  let current: number | undefined;
  let running: Promise<void> | undefined;
  const now = () => current ?? time.simulated();
  const isDue = () => heap[0] !== undefined && heap[0].at <= time.simulated();

  const drain = async () => {
    try {
      while (isDue()) {
        const entry = popEntry(heap);
        current = entry.at;
        await entry.event();
      }
    } finally {
      current = undefined;
      running = undefined;
    }
  };

  return {
    at(planned, event) {
      pushEntry(heap, { at: Math.max(planned, now()), order: order++, event });
    },
    advance() {
      if (running !== undefined) return running;
      if (!isDue()) return DONE;
      running = drain();
      return running;
    },
    now,
    realNow: () => toRealTime(time, now()),
  };
}

function before(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

function pushEntry(heap: Entry[], entry: Entry): void {
  let index = heap.push(entry) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!before(entry, heap[parent] as Entry)) break;
    heap[index] = heap[parent] as Entry;
    index = parent;
  }
  heap[index] = entry;
}

function popEntry(heap: Entry[]): Entry {
  const top = heap[0] as Entry;
  const last = heap.pop() as Entry;
  if (heap.length === 0) return top;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    const right = child + 1;
    if (right < heap.length && before(heap[right] as Entry, heap[child] as Entry)) child = right;
    if (!before(heap[child] as Entry, last)) break;
    heap[index] = heap[child] as Entry;
    index = child;
  }
  heap[index] = last;
  return top;
}
