import { setImmediate as turn } from 'node:timers/promises';
import type { HttpRequest, HttpResponse, Send } from '../../lib/cloud/request/send.ts';

/** The invocation that makes the `call`-th call of all dies: right before it is sent, or right after it was carried out. */
export type Kill = { call: number; when: 'before' | 'after' };

type Ended<T> = { killed: false; result: T } | { killed: true };

/** Invocations whose calls are counted over all of them, and of which one may die. */
export type Mortals = {
  calls(): number;
  /** Runs one invocation to its end, its failure or its death; once dead, nothing that it does takes effect. */
  run<T>(start: (send: Send) => Promise<T>): Promise<Ended<T>>;
  /** The calls of the invocation that died that were carried out, in order. */
  lastWords(): HttpRequest[];
  /** Carries out, at last, calls of the dead invocation that were on their way when it died. */
  deliver(): Promise<void>;
};

const never = new Promise<never>(() => undefined);

/**
 * Without `random` one call is on its way at a time. With it (numbers in [0, 1)) calls that are made together are on their
 * way together, for as long as chance has it; when the invocation dies, each that has not arrived by then arrives at once,
 * later or never.
 */
export function mortals(send: Send, kill?: Kill, random?: () => number): Mortals {
  let calls = 0;
  let late: HttpRequest[] = [];
  const carried: HttpRequest[] = [];
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
    const underWay = new Set<HttpRequest>();
    let last: Promise<unknown> = Promise.resolve();

    const carryOut = async (request: HttpRequest): Promise<HttpResponse> => {
      own.push(request);
      return send(request);
    };
    const kills = async (): Promise<never> => {
      die();
      for (const request of underWay) {
        const fate = random?.() ?? 1;
        if (fate < 1 / 3) await carryOut(request).catch(() => undefined);
        else if (fate < 2 / 3) late.push(request);
      }
      carried.push(...own);
      return never;
    };
    const exchange = async (request: HttpRequest): Promise<HttpResponse> => {
      if (isDead) return never;
      const number = (calls += 1);
      if (number === kill?.call && kill.when === 'before') return kills();
      underWay.add(request);
      await wait();
      if (isDead) return never;
      underWay.delete(request);
      const answer = await carryOut(request).then(
        (response) => ({ response }),
        (error: unknown) => ({ error }),
      );
      if (number === kill?.call) return isDead ? never : kills();
      await wait();
      if (isDead) return never;
      if ('error' in answer) throw answer.error;
      return answer.response;
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
    lastWords: () => carried,
    deliver: async () => {
      const due = late;
      late = [];
      for (const request of due) await send(request).catch(() => undefined);
    },
  };
}

/**
 * True when an invocation that died had told a topic and not yet written down that it did: then, and only then, its news
 * comes a second time.
 */
export function diedBetweenTellingAndNoting(
  carried: readonly { method: string; url: string }[],
): boolean {
  const toldAt = carried.findLastIndex(({ url }) => url.endsWith('/publish'));
  const notedAt = carried.findLastIndex(
    ({ method, url }) => method === 'PUT' && /\/runs\/[^/]+\/log\//.test(url),
  );
  return toldAt >= 0 && notedAt < toldAt;
}
