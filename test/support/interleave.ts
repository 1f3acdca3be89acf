import { setImmediate as turn } from 'node:timers/promises';
import type { HttpRequest, HttpResponse, Send } from '../../lib/cloud/request/send.ts';
import { drive, driveWindow } from '../../lib/run/drive/drive.ts';
import type { Store } from '../../lib/ledger/store/store.ts';
import type { Night } from '../../testing/night.ts';

/** A drive whose calls are carried out one at a time, each when it is told to. */
export type Puppet = {
  /** The call that it waits with; undefined once it has ended. */
  next(): HttpRequest | undefined;
  /** Lets it make so many calls, or as many as it has. */
  step(calls?: number): Promise<void>;
  /**
   * Has its next call carried out while it falls asleep before the answer reaches it: answers how to wake it. Whatever it
   * does then is signed anew, as by a process that was frozen.
   */
  doze(): Promise<() => Promise<void>>;
  /** It is gone in the middle of its next call, which is on its way: answers how to let that arrive. */
  die(): () => Promise<void>;
};

type Waiting = { request: HttpRequest; answer(response: Promise<HttpResponse>): void };

/** Starts a cold drive that waits before its first call. With a lease of its own nothing but the ledger tells it of others. */
export async function puppet(
  world: Night,
  options: { leaseOfItsOwn?: string | undefined } = {},
): Promise<Puppet> {
  let waiting: Waiting | undefined;
  let ended = false;
  let last: Promise<unknown> = Promise.resolve();
  const ask = (request: HttpRequest): Promise<HttpResponse> =>
    new Promise((resolve) => {
      waiting = { request, answer: resolve };
    });
  const send: Send = (request) => {
    const mine = last.then(() => ask(request));
    last = mine.catch(() => undefined);
    return mine;
  };
  const { deps, timeLeft, holder } = world.invocation({}, send);
  const name = options.leaseOfItsOwn;
  const store = name === undefined ? deps.store : withLeaseOfItsOwn(deps.store, name);
  const window = driveWindow(world.clock.now(), timeLeft());
  drive({ ...deps, store }, { ...window, holder }).then(
    () => (ended = true),
    () => (ended = true),
  );
  const rest = async (): Promise<void> => {
    while (waiting === undefined && !ended) await turn();
  };
  await rest();
  return {
    next: () => waiting?.request,
    step: async (calls = 1) => {
      for (let left = calls; left > 0 && waiting !== undefined; left -= 1) {
        const { request, answer } = waiting;
        waiting = undefined;
        const carriedOut = world.send(request);
        answer(carriedOut);
        await carriedOut.catch(() => undefined);
        await rest();
      }
    },
    doze: async () => {
      const asleep = waiting;
      waiting = undefined;
      const carriedOut = asleep && world.send(asleep.request);
      await carriedOut?.catch(() => undefined);
      return async () => {
        if (asleep === undefined || carriedOut === undefined) return;
        asleep.answer(carriedOut);
        await rest();
      };
    },
    die: () => {
      const request = waiting?.request;
      waiting = undefined;
      return async () => {
        if (request !== undefined) await world.send(request).catch(() => undefined);
      };
    },
  };
}

/** The ledger as a drive sees it whose lease tells it nothing of the others'. */
function withLeaseOfItsOwn(store: Store, name: string): Store {
  const shared = 'state/lease/';
  const private_ = `state/lease-${name}/`;
  const own = (key: string): string => key.replace(shared, private_);
  const foreign = (key: string): string => key.replace(private_, shared);
  return {
    prefix: store.prefix,
    get: (key) => store.get(own(key)),
    put: (key, body) => store.put(own(key), body),
    create: (key, body) => store.create(own(key), body),
    tryConditional: (key, body) => store.tryConditional(own(key), body),
    list: async (prefix, options) =>
      (await store.list(own(prefix), options)).map((object) => ({
        ...object,
        key: foreign(object.key),
      })),
    remove: (keys) => store.remove(keys.map(own)),
  };
}
