import { setImmediate as turn } from 'node:timers/promises';
import type { HttpRequest, HttpResponse, Send } from '../../../lib/cloud/request/send.ts';

/** Kills the invocation that makes the `call`-th call of all: right before it is sent, or right after it was carried out. */
export type Kill = { call: number; when: 'before' | 'after' };

type Ended<T> = { killed: false; result: T } | { killed: true };

/** Invocations whose calls are counted over all of them, and of which one may be killed. */
export type Killable = {
  calls(): number;
  /** Runs one invocation until it ends, fails or is killed; nothing that it does after its death takes effect. */
  run<T>(start: (send: Send) => Promise<T>): Promise<Ended<T>>;
  /** The calls of the killed invocation that were carried out, in order. */
  callsOfKilled(): HttpRequest[];
  /** Carries out the calls of the killed invocation that were in flight when it died. */
  deliverLate(): Promise<void>;
};

const never = new Promise<never>(() => undefined);

/**
 * Without `random` one call is in flight at a time. With it (numbers in [0, 1)) calls that are made together are in flight
 * together; when the invocation is killed, each call that has not arrived arrives at once, later or never.
 */
export function createKillable(send: Send, kill?: Kill, random?: () => number): Killable {
  let calls = 0;
  let late: HttpRequest[] = [];
  const carriedOut: HttpRequest[] = [];
  const wait = async (): Promise<void> => {
    for (let turns = Math.floor((random?.() ?? 0) * 4); turns > 0; turns -= 1) await turn();
  };

  const run = async <T>(start: (send: Send) => Promise<T>): Promise<Ended<T>> => {
    let isDead = false;
    let die = (): void => undefined;
    const dead = new Promise<Ended<T>>((resolve) => {
      die = () => {
        isDead = true;
        resolve({ killed: true });
      };
    });
    const own: HttpRequest[] = [];
    const inFlight = new Set<HttpRequest>();
    let last: Promise<unknown> = Promise.resolve();

    const carryOut = async (request: HttpRequest): Promise<HttpResponse> => {
      own.push(request);
      return send(request);
    };
    const killNow = async (): Promise<never> => {
      die();
      for (const request of inFlight) {
        const fate = random?.() ?? 1;
        if (fate < 1 / 3) await carryOut(request).catch(() => undefined);
        else if (fate < 2 / 3) late.push(request);
      }
      carriedOut.push(...own);
      return never;
    };
    const exchange = async (request: HttpRequest): Promise<HttpResponse> => {
      if (isDead) return never;
      const number = (calls += 1);
      if (number === kill?.call && kill.when === 'before') return killNow();
      inFlight.add(request);
      await wait();
      if (isDead) return never;
      inFlight.delete(request);
      const result = await carryOut(request).then(
        (response) => ({ response }),
        (error: unknown) => ({ error }),
      );
      if (number === kill?.call) return isDead ? never : killNow();
      await wait();
      if (isDead) return never;
      if ('error' in result) throw result.error;
      return result.response;
    };
    const inTurn: Send = (request) => {
      if (random !== undefined) return exchange(request);
      const mine = last.then(() => exchange(request));
      last = mine.catch(() => undefined);
      return mine;
    };

    const ended = start(inTurn).then((result): Ended<T> => ({ killed: false, result }));
    return Promise.race([ended, dead]);
  };

  return {
    calls: () => calls,
    run,
    callsOfKilled: () => carriedOut,
    deliverLate: async () => {
      const due = late;
      late = [];
      for (const request of due) await send(request).catch(() => undefined);
    },
  };
}

/** True when the killed invocation had published a message and not yet logged that: only then the message comes twice. */
export function killedBetweenPublishAndLog(
  carriedOut: readonly { method: string; url: string }[],
): boolean {
  const publishedAt = carriedOut.findLastIndex(({ url }) => url.endsWith('/publish'));
  const loggedAt = carriedOut.findLastIndex(
    ({ method, url }) => method === 'PUT' && /\/runs\/[^/]+\/log\//.test(url),
  );
  return publishedAt >= 0 && loggedAt < publishedAt;
}

/** Names calls for the message of a failed test: method and path, no host. */
export function pathsOf(calls: readonly HttpRequest[]): string[] {
  return calls.map(({ method, url }) => `${method} ${new URL(url).pathname}`);
}
