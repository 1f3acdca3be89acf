import type { Identity } from '../../iam/auth/gateway.ts';
import { createWindow, type Window } from '../../simulation/rate-window.ts';
import type { Time } from '../../simulation/time.ts';
import type { World } from '../world/world.ts';
import type { Kind } from './operations.ts';

const MINUTE = 60_000;

/** A limit a user and kind, in model time; answers the limit when the call is over it. */
export function createRateLimit(
  { limits }: World,
  time: Time,
): (caller: Identity, kind: Kind) => number | undefined {
  const windows = new Map<string, Window>();
  return ({ principal }, kind) => {
    const limit = kind === 'write' ? limits.writesPerMinute : limits.readsPerMinute;
    const name = `${principal.userId}/${kind}/${limit}`;
    const window = windows.get(name) ?? createWindow(limit, MINUTE);
    windows.set(name, window);
    return window.admit(time.model()) ? undefined : limit;
  };
}
