import type { Clock } from '../../clock.ts';
import type { Purged } from '../../cloud/obs/purge.ts';
import { PhonevaultError, TimeUp } from '../../errors.ts';
import type { DriveDeps } from '../deps.ts';

/** Short work that began in time may end. */
const GRACE_MS = 2_000;
/** A call on archives that hangs must leave time for the other runs. */
const CALL_MS = 8_000;
const KEYS_A_PURGE = 200;
/** One page: each gets the time of a call, also from a service that is slow and healthy. */
const KEYS_A_LIST = 1_000;

type Bounded = Pick<DriveDeps, 'clock' | 'until' | 'store' | 'archives'>;

/**
 * Returns the same deps with a ledger and archives that throw TimeUp before a call that begins two seconds after `until`, or
 * later. For work that repeats safely: the next drive does it again, and skips what is written once. A call on archives lasts at
 * most eight seconds, and never past that time. After one without a response, further ones of its kind fail at once.
 */
export function untilTimeUp<D extends Bounded>(deps: D): D {
  const { clock, until, store, archives } = deps;
  const inTime =
    <Args extends unknown[], T>(call: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      if (clock.now() >= until + GRACE_MS) throw new TimeUp();
      return call(...args);
    };
  const bounded = <Args extends unknown[], T>(
    operation: string,
    call: (...args: Args) => Promise<T>,
  ): ((...args: Args) => Promise<T>) => {
    let hung: PhonevaultError | undefined;
    return inTime(async (...args) => {
      if (hung !== undefined) throw hung;
      const left = until + GRACE_MS - clock.now();
      const result = await within(clock, Math.min(CALL_MS, left), () => call(...args));
      if (result !== undefined) return result.value;
      if (left < CALL_MS) throw new TimeUp();
      const message = `${operation} of archives: no response within ${CALL_MS / 1_000} s`;
      hung = new PhonevaultError('unreachable', message, { retryable: true });
      throw hung;
    });
  };
  const listOnce = bounded('LIST', archives.list);
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
  const purgeSome = bounded('DELETE', archives.purge);
  const purge: typeof archives.purge = async (bucket, keys) => {
    const refused = [];
    let [from, versioning]: [number, Purged['versioning']] = [0, 'off'];
    do {
      const purged = await purgeSome(bucket, keys.slice(from, from + KEYS_A_PURGE));
      refused.push(...purged.refused);
      ({ versioning } = purged);
      from += KEYS_A_PURGE;
    } while (from < keys.length);
    return { refused, versioning };
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
    archives: {
      ...archives,
      list,
      head: bounded('HEAD', archives.head),
      tail: bounded('GET', archives.tail),
      range: bounded('GET', archives.range),
      restoreObject: bounded('POST ?restore', archives.restoreObject),
      purge,
    },
  };
}

/** Returns the result of a call; undefined when it takes longer than `ms`. Whatever it brings later is ignored. */
async function within<T>(
  clock: Clock,
  ms: number,
  call: () => Promise<T>,
): Promise<{ value: T } | undefined> {
  const answered = new AbortController();
  const timeout = clock.sleep(ms, answered.signal).then(() => undefined);
  try {
    return await Promise.race([timeout, call().then((value) => ({ value }))]);
  } finally {
    answered.abort();
  }
}
