import type { Clock } from '../../lib/clock.ts';
import type { RunDeps } from '../../lib/run/deps.ts';

type Calling = Pick<RunDeps, 'store' | 'cph' | 'archives'>;

/** Returns the same deps, whose calls take `callMs` and end for ever with the `last` one: then `die` is called. */
export function dyingDeps<D extends Calling>(
  deps: D,
  clock: Clock,
  { callMs, last, die }: { callMs: number; last: number; die: () => void },
): D {
  let calls = 0;
  const slow = <T extends object>(client: T): T =>
    Object.fromEntries(
      Object.entries(client).map(([name, call]) => {
        if (typeof call !== 'function') return [name, call];
        const timed = async (...args: unknown[]): Promise<unknown> => {
          calls += 1;
          if (calls > last) {
            die();
            return new Promise(() => undefined);
          }
          await clock.sleep(callMs);
          const result = await (call as (...args: unknown[]) => Promise<unknown>)(...args);
          return calls > last ? new Promise(() => undefined) : result;
        };
        return [name, timed];
      }),
    ) as T;
  return { ...deps, store: slow(deps.store), cph: slow(deps.cph), archives: slow(deps.archives) };
}
