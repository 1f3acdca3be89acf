import { readCursorsStrictly } from '../../ledger/state/cursors.ts';
import { readUnreadableStrictly, type Unreadable } from '../../ledger/state/notified/unreadable.ts';
import { readLastLease } from '../../ledger/lease/find-latest.ts';
import { compareKeys } from '../../ledger/store/key-order.ts';
import { isUnreadable } from '../../ledger/store/object-error.ts';
import type { Store } from '../../ledger/store/store.ts';
import { instantOf, type ObjectProblem, type UnreadableObject } from './schemas/object.ts';

type Problem = { key: string; code: string; message: string; hint?: string | undefined };

/** Returns what happened to an object, and what to do, for views. Pure. */
export function problemOf({ key, code, message, hint }: Problem): ObjectProblem {
  return { key, code, message, ...(hint === undefined ? {} : { hint }) };
}

/**
 * Returns the objects of the ledger that cannot be used, by key: those that drive has met, `found` by the caller, the caches that
 * all policies share, and the last lease.
 */
export async function unreadableObjects(
  store: Pick<Store, 'get' | 'list'>,
  found: readonly ObjectProblem[] = [],
): Promise<UnreadableObject[]> {
  const own: ObjectProblem[] = [...found];
  const collect = (error: unknown): undefined => {
    if (!isUnreadable(error)) throw error;
    own.push(problemOf(error));
    return undefined;
  };
  const [known = new Map<string, Unreadable>()] = await Promise.all([
    readUnreadableStrictly(store).catch(collect),
    readCursorsStrictly(store).catch(collect),
    readLastLease(store).catch(collect),
  ]);
  const objects = new Map<string, UnreadableObject>(
    own.map((problem) => [problem.key, { ...problem, since: null, retry_at: null }]),
  );
  for (const [key, { run_id, policy, since, retry_at, ...problem }] of known) {
    objects.set(key, {
      ...(objects.get(key) ?? problemOf({ ...problem, key })),
      ...(run_id === undefined ? {} : { run_id }),
      ...(policy === undefined ? {} : { policy }),
      since: instantOf(since),
      retry_at: instantOf(retry_at),
    });
  }
  return [...objects.values()].sort((a, b) => compareKeys(a.key, b.key));
}
