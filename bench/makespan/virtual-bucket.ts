import type { Clock } from '../../lib/clock.ts';
import { memoryStore } from '../../lib/ledger/store/memory-store.ts';
import type { Store } from '../../lib/ledger/store/store.ts';
import type { RunDeps } from '../../lib/run/deps.ts';

const KEYS_A_PAGE = 1_000;
const LATENCY_MS = 30;
const ARCHIVE_BYTES = 10_240;

export type VirtualBucket = {
  /** The ledger: a bucket in memory that honours conditional PUT. */
  store: Store;
  archives: RunDeps['archives'];
  /** An export ended: its archive is there from now on. */
  add(key: string, at: number): void;
  /** Requests so far, each page of a LIST counted. */
  requests(): number;
};

/** A bucket in memory that counts its requests, and takes as long as a near one. */
export function virtualBucket(clock: Clock, onRead: () => void): VirtualBucket {
  let requests = 0;
  const ledger = memoryStore(clock);
  const archives = memoryStore(clock);
  const counted =
    <Args extends unknown[], T>(
      call: (...args: Args) => Promise<T>,
      pages?: (result: T) => number,
    ) =>
    async (...args: Args): Promise<T> => {
      const result = await call(...args);
      const calls = pages?.(result) ?? 1;
      requests += calls;
      await clock.sleep(LATENCY_MS * calls);
      return result;
    };
  const pagesOf = (listed: { length: number }): number =>
    Math.max(1, Math.ceil(listed.length / KEYS_A_PAGE));
  const list = counted(
    async (_bucket: string, prefix: string, options?: { startAfter?: string; max?: number }) => {
      onRead();
      return { objects: await archives.list(prefix, options) };
    },
    ({ objects }) => pagesOf(objects),
  );
  const head = counted(async (_bucket: string, key: string) => {
    onRead();
    const [first] = await archives.list(key, { max: 1 });
    return first?.key === key ? first : undefined;
  });
  // Whole from the moment that they are there.
  const tail = counted(async (_bucket: string, key: string, bytes: number) => {
    onRead();
    return (await archives.get(key)) === undefined ? undefined : new Uint8Array(bytes);
  });
  const never = () => Promise.reject(new Error('the bench deletes no archives'));
  return {
    store: {
      ...ledger,
      get: counted(ledger.get),
      put: counted(ledger.put),
      // A HEAD, and a PUT if there is nothing.
      create: counted(ledger.create, (result) => (result === 'created' ? 2 : 1)),
      tryConditional: counted(ledger.tryConditional),
      list: counted(ledger.list, pagesOf),
      remove: counted(ledger.remove),
    },
    archives: { list, head, tail, range: never, restoreObject: never, purge: never },
    add: (key) => void archives.put(key, ARCHIVE),
    requests: () => requests,
  };
}

const ARCHIVE = 'x'.repeat(ARCHIVE_BYTES);
