import { trueTimeOf, type Time } from './time.ts';

export type Timeline = {
  /** Runs `event` once model time has reached `at`; events of one time in the order they came. */
  at(model: number, event: () => void | Promise<void>): void;
  /** Runs what has fallen due. Everybody who looks at the cloud calls it first. */
  advance(): Promise<void>;
  /** Model time: of the event while one runs, else of the clock. */
  now(): number;
  /** The true time of `now`, for dates that people read. */
  trueNow(): number;
};

type Entry = { at: number; order: number; event: () => void | Promise<void> };

const DONE = Promise.resolve();

/** A discrete-event queue without a timer of its own: it moves only when asked to. */
export function createTimeline(time: Time): Timeline {
  const heap: Entry[] = [];
  let order = 0;
  let current: number | undefined;
  let running: Promise<void> | undefined;
  const now = () => current ?? time.model();
  const isDue = () => heap[0] !== undefined && heap[0].at <= time.model();

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
    at(model, event) {
      pushEntry(heap, { at: Math.max(model, now()), order: order++, event });
    },
    advance() {
      if (running !== undefined) return running;
      if (!isDue()) return DONE;
      running = drain();
      return running;
    },
    now,
    trueNow: () => trueTimeOf(time, now()),
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
