import type { Identity } from '../../iam/auth/gateway.ts';
import {
  createFixedWindow,
  createRateWindow,
  type RateWindow,
} from '../../simulation/rate-window.ts';
import type { Time } from '../../simulation/time.ts';
import type { World } from '../world/world.ts';
import type { Kind } from './operations.ts';

const MINUTE = 60_000;
/** Of commands that are run at once: the only limit that CPH publishes (cph_api_0537). */
const SYNC_PER_MINUTE = 6;

/** A limit per user and kind, in simulated time. The returned function counts a call and returns the limit if exceeded. */
export function createRateLimit(
  { limits }: World,
  time: Time,
): (caller: Identity, kind: Kind) => number | undefined {
  const windows = new Map<string, RateWindow>();
  return ({ principal }, kind) => {
    const limit = {
      write: limits.writesPerMinute,
      read: limits.readsPerMinute,
      sync: SYNC_PER_MINUTE,
    }[kind];
    const name = `${principal.userId}/${kind}/${limits.window}/${limit}`;
    const create = limits.window === 'fixed' ? createFixedWindow : createRateWindow;
    const window = windows.get(name) ?? create(limit, MINUTE);
    windows.set(name, window);
    return window.admit(time.simulated()) ? undefined : limit;
  };
}
