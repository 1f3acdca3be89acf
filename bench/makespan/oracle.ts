import { createExports } from './exports.ts';
import type { Cell } from './cells.ts';
import { exportOrder, type FleetPhone } from './fleet.ts';
import { createHeap } from './virtual-clock.ts';

const MINUTE = 60_000;
/** Phones of a page of the list. */
const PAGE = 200;
/** How full a call is before it is sent: the oracle takes what serves it best. */
const FILLS = [0, 0.5, 1];

/** Times since the request, in ms. */
export type Course = { makespan: number; p95: number; span: number };

/** `latencyMs`: of one call. `courtesy`: exports in flight a server. */
type Options = { latencyMs: number; courtesy: number };

/**
 * Returns how fast a client can be that knows all limits but no duration: it reads the list of phones, sends full windows from
 * the first minute on, in the same order and with the same courtesy a server, sees the end of each export at once, and finds
 * its archive there.
 */
export function oracle(cell: Cell, fleet: readonly FleetPhone[], options: Options): Course {
  const courses = FILLS.map((fill) => playOracle(cell, exportOrder(fleet), { ...options, fill }));
  return courses.reduce((best, next) => (next.makespan < best.makespan ? next : best));
}

function playOracle(
  { limits }: Cell,
  order: readonly FleetPhone[],
  { latencyMs, courtesy, fill }: Options & { fill: number },
): Course {
  const queues = createQueues(order, courtesy);
  const ends: number[] = [];
  const exportsPerAccount = limits.per_account === 'none' ? Infinity : limits.per_account;
  const exports = createExports(
    { exportsPerServer: limits.per_server, exportsPerAccount },
    ({ server, endedAt = 0 }) => {
      ends.push(endedAt);
      queues.free(server);
    },
  );
  const admit = windowOf(limits.window, limits.writes);
  const [first, size] = [
    listingTime(order.length, limits.reads, latencyMs),
    limits.phones_per_call,
  ];
  let [now, last, left] = [first, first, order.length];
  while (left > 0 || exports.nextEnd() !== undefined) {
    exports.advance(now);
    while (left > 0 && admit.at(now) <= now) {
      const ready = queues.take(size);
      const isWorth =
        ready.length >= Math.min(left, fill * size) || exports.nextEnd() === undefined;
      if (ready.length === 0 || !isWorth) {
        queues.putBack(ready);
        break;
      }
      admit.note(now);
      left -= ready.length;
      last = now + latencyMs;
      for (const { phone_id: phone, server_id: server, ms } of ready) {
        exports.submit({ phone, server, ms, acceptedAt: last });
      }
    }
    const next = [exports.nextEnd(), left > 0 && queues.hasReady() ? admit.at(now) : undefined];
    const times = next.filter((time) => time !== undefined && time > now) as number[];
    if (times.length === 0) break;
    now = Math.min(...times);
  }
  ends.sort((a, b) => a - b);
  const p95 = ends[Math.ceil(ends.length * 0.95) - 1] ?? 0;
  return { makespan: ends.at(-1) ?? 0, p95, span: last - (first + latencyMs) };
}

/** Reading the list of phones page by page, within the reads of a minute. */
function listingTime(phones: number, reads: number, latencyMs: number): number {
  const pages = Math.ceil(phones / PAGE);
  return Math.floor((pages - 1) / reads) * MINUTE + (((pages - 1) % reads) + 1) * latencyMs;
}

/** When the next call may be sent. */
function windowOf(kind: 'fixed' | 'sliding', limit: number) {
  const sent: number[] = [];
  return {
    note: (now: number) => void sent.push(now),
    at: (now: number): number => {
      const oldest = sent[sent.length - limit];
      if (oldest === undefined) return now;
      const next =
        kind === 'sliding' ? oldest + MINUTE : (Math.floor(oldest / MINUTE) + 1) * MINUTE;
      return Math.max(now, next);
    },
  };
}

/** The phones that wait, by server, and the servers that can take one: those whose next phone comes first, first. */
function createQueues(order: readonly FleetPhone[], courtesy: number) {
  type Queue = { positions: number[]; next: number; free: number };
  const queues = new Map<string, Queue>();
  for (const [position, { server_id }] of order.entries()) {
    const queue = queues.get(server_id) ?? { positions: [], next: 0, free: courtesy };
    queue.positions.push(position);
    queues.set(server_id, queue);
  }
  const ready = createHeap<{ position: number; queue: Queue }>((a, b) => a.position - b.position);
  const offer = (queue: Queue): void => {
    const position = queue.positions[queue.next];
    if (queue.free > 0 && position !== undefined) ready.push({ position, queue });
  };
  for (const queue of queues.values()) offer(queue);
  const queueOf = (server: string): Queue => queues.get(server) as Queue;
  /** Entries of phones that were taken, or of full servers, mean nothing any more. */
  const first = () => {
    for (let top = ready.first(); top !== undefined; top = ready.first()) {
      const { queue, position } = top;
      if (queue.free > 0 && queue.positions[queue.next] === position) return top;
      ready.pop();
    }
    return undefined;
  };
  return {
    hasReady: () => first() !== undefined,
    free: (server: string) => {
      queueOf(server).free += 1;
      offer(queueOf(server));
    },
    take: (size: number): FleetPhone[] => {
      const taken: FleetPhone[] = [];
      for (let top = first(); taken.length < size && top !== undefined; top = first()) {
        const { queue, position } = top;
        taken.push(order[position] as FleetPhone);
        queue.next += 1;
        queue.free -= 1;
        offer(queue);
      }
      return taken;
    },
    putBack: (phones: FleetPhone[]) => {
      for (const { server_id } of phones) {
        const queue = queueOf(server_id);
        queue.next -= 1;
        queue.free += 1;
        offer(queue);
      }
    },
  };
}
