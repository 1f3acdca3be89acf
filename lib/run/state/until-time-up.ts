import { TimeUp } from '../../errors.ts';
import type { DriveDeps } from '../deps.ts';

/** Short work that began in time may end. */
const GRACE_MS = 3_000;
const KEYS_A_LIST = 5_000;

type Bounded = Pick<DriveDeps, 'clock' | 'until' | 'store' | 'archives'>;

/**
 * Returns the same deps with a ledger and archives that throw TimeUp before a call that begins three seconds after `until`, or
 * later. For work that repeats safely: the next drive does it again, and skips what is written once.
 */
export function untilTimeUp<D extends Bounded>(deps: D): D {
  const { clock, until, store, archives } = deps;
  const inTime =
    <Args extends unknown[], T>(call: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      if (clock.now() >= until + GRACE_MS) throw new TimeUp();
      return call(...args);
    };
  const listOnce = inTime(archives.list);
  const list: typeof archives.list = async (bucket, prefix, options = {}) => {
    const { max = Number.POSITIVE_INFINITY } = options;
    const objects = [];
    for (let { startAfter } = options; ; startAfter = objects.at(-1)?.key) {
      const wanted = Math.min(KEYS_A_LIST, max - objects.length);
      const from = startAfter === undefined ? {} : { startAfter };
      const page = await listOnce(bucket, prefix, { ...from, max: wanted });
      for (const object of page.objects) objects.push(object);
      if (page.objects.length < wanted || objects.length >= max) return { objects };
    }
  };
  return {
    ...deps,
    store: {
      ...store,
      get: inTime(store.get),
      put: inTime(store.put),
      create: inTime(store.create),
      list: inTime(store.list),
    },
    archives: { ...archives, list, head: inTime(archives.head), tail: inTime(archives.tail) },
  };
}
