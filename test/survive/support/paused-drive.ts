import { setImmediate as turn } from 'node:timers/promises';
import type { HttpRequest, HttpResponse, Send } from '../../../lib/cloud/request/send.ts';
import type { Store } from '../../../lib/ledger/store/store.ts';
import { drive, driveWindow } from '../../../lib/run/drive/drive.ts';
import type { Night } from '../../../testing/night.ts';

/** A drive that makes its calls one at a time, each when the test lets it. */
export type PausedDrive = {
  /** The call that waits; undefined once the drive has ended. */
  next(): HttpRequest | undefined;
  /** Lets it make so many calls, or as many as it has. */
  step(calls?: number): Promise<void>;
  /**
   * Carries out its next call and withholds the response. Returns how to resume: what the drive does then is signed anew, as by
   * a process that was frozen.
   */
  holdResponse(): Promise<() => Promise<void>>;
  /** Kills it while its next call is in flight. Returns how to deliver that call. */
  kill(): () => Promise<void>;
};

type Waiting = { request: HttpRequest; answer(response: Promise<HttpResponse>): void };

/** Starts a cold drive that waits before its first call. With a lease of its own only the ledger shows it other drives. */
export async function startPausedDrive(
  world: Night,
  options: { ownLease?: string | undefined } = {},
): Promise<PausedDrive> {
  let waiting: Waiting | undefined;
  let ended = false;
  let last: Promise<unknown> = Promise.resolve();
  const pause = (request: HttpRequest): Promise<HttpResponse> =>
    new Promise((resolve) => {
      waiting = { request, answer: resolve };
    });
  const send: Send = (request) => {
    const mine = last.then(() => pause(request));
    last = mine.catch(() => undefined);
    return mine;
  };
  const { deps, timeLeft, holder } = world.invocation({}, send);
  const name = options.ownLease;
  const store = name === undefined ? deps.store : withOwnLease(deps.store, name);
  const window = driveWindow(world.clock.now(), timeLeft());
  drive({ ...deps, store }, { ...window, holder }).then(
    () => (ended = true),
    () => (ended = true),
  );
  const untilPaused = async (): Promise<void> => {
    while (waiting === undefined && !ended) await turn();
  };
  await untilPaused();
  return {
    next: () => waiting?.request,
    step: async (calls = 1) => {
      for (let left = calls; left > 0 && waiting !== undefined; left -= 1) {
        const { request, answer } = waiting;
        waiting = undefined;
        const carriedOut = world.send(request);
        answer(carriedOut);
        await carriedOut.catch(() => undefined);
        await untilPaused();
      }
    },
    holdResponse: async () => {
      const held = waiting;
      waiting = undefined;
      const carriedOut = held && world.send(held.request);
      await carriedOut?.catch(() => undefined);
      return async () => {
        if (held === undefined || carriedOut === undefined) return;
        held.answer(carriedOut);
        await untilPaused();
      };
    },
    kill: () => {
      const request = waiting?.request;
      waiting = undefined;
      return async () => {
        if (request !== undefined) await world.send(request).catch(() => undefined);
      };
    },
  };
}

/** The ledger with a lease that no other drive sees. */
function withOwnLease(store: Store, name: string): Store {
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
