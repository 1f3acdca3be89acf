import { expect } from 'vitest';
import { type ErrorCode, PhonevaultError, ServiceError } from '../../lib/errors.ts';
import type { Store, StoredObject } from '../../lib/ledger/store/store.ts';

/** A store that refuses every write and records every read. */
export function recordReads(store: Store): Store & { reads: string[]; maxInFlight(): number } {
  const reads: string[] = [];
  let now = 0;
  let max = 0;
  const refuse = (): Promise<never> => Promise.reject(new Error('this store is read-only'));
  const read = async <T>(what: string, from: () => Promise<T>): Promise<T> => {
    reads.push(what);
    max = Math.max(max, (now += 1));
    try {
      await Promise.resolve();
      return await from();
    } finally {
      now -= 1;
    }
  };
  return {
    reads,
    /** The largest number of reads in flight at once. */
    maxInFlight: () => max,
    prefix: store.prefix,
    get: (key) => read(`get ${key}`, () => store.get(key)),
    list: (prefix, options) => read(`list ${prefix}`, () => store.list(prefix, options)),
    put: refuse,
    create: refuse,
    tryConditional: refuse,
    remove: refuse,
  };
}

/** Returns the same deps with a store that fails every `operation` on a key that begins with `prefix`. */
export function withFailingStore<D extends { store: Store }>(
  deps: D,
  operation: 'get' | 'put' | 'list' | 'create' | 'remove',
  error: Error = new PhonevaultError('unreachable', 'no response'),
  prefix = '',
): D {
  const real = deps.store[operation] as (key: string | string[], ...rest: never[]) => unknown;
  const own = (key: string | string[], ...rest: never[]): unknown =>
    [key].flat().some((one) => one.startsWith(prefix)) ? Promise.reject(error) : real(key, ...rest);
  return { ...deps, store: { ...deps.store, [operation]: own } };
}

type Operation = 'get' | 'put' | 'list' | 'create' | 'remove';

/**
 * Works on a store until it is killed: after the first `last` calls of these `operations` none returns, nor has an effect. Returns
 * whether that happened.
 */
export function untilKilled(
  store: Store,
  last: number,
  work: (store: Store) => Promise<unknown>,
  operations: readonly Operation[] = ['put', 'create', 'remove'],
): Promise<boolean> {
  let calls = 0;
  return new Promise((resolve, reject) => {
    const dying = operations.map((operation) => {
      const real = store[operation] as (...args: unknown[]) => Promise<unknown>;
      const call = (...args: unknown[]): Promise<unknown> => {
        calls += 1;
        if (calls <= last) return real(...args);
        resolve(true);
        return new Promise(() => undefined);
      };
      return [operation, call];
    });
    work({ ...store, ...Object.fromEntries(dying) } as Store).then(() => resolve(false), reject);
  });
}

const refused =
  (code: ErrorCode, status: number | undefined, serviceCode?: string) => (): never => {
    const what = [status, serviceCode, 'request 0001'].filter((part) => part !== undefined);
    throw new ServiceError(code, `obs GetObject: ${what.join(' ')}`, {
      ...{ service: 'obs', operation: 'GetObject', carriedOut: 'no' },
      ...{ status, serviceCode, requestId: '0001' },
    });
  };
const body = (text: string) => (object: StoredObject | undefined) =>
  object && { ...object, body: text };

/** What a bucket may do with one object that it lists, and the code of the error. */
const objectFaults = {
  'access denied': {
    get: refused('access_denied', 403, 'AccessDenied'),
    code: 'object_unreadable',
  },
  'in the archive class': {
    get: refused('access_denied', 403, 'InvalidObjectState'),
    code: 'object_unreadable',
  },
  'listed but not found': { get: () => undefined, code: 'object_unreadable' },
  'a server error': { get: refused('service', 500, 'InternalError'), code: 'object_unreadable' },
  'no response': { get: refused('unreachable', undefined), code: 'object_unreadable' },
  'a wrong body': { get: body('<html>'), code: 'object_invalid' },
  'a newer version': { get: body('{"version":99}'), code: 'object_newer' },
} satisfies Record<
  string,
  { get: (object: StoredObject | undefined) => StoredObject | undefined; code: string }
>;

export type ObjectFault = keyof typeof objectFaults;

export const faultNames = Object.keys(objectFaults) as ObjectFault[];

/** Returns a store that reads one object with a fault, and all others well. */
export function withObjectFault(store: Store, key: string, fault: ObjectFault): Store {
  const get: Store['get'] = async (wanted) => {
    const object = await store.get(wanted);
    return wanted === key ? objectFaults[fault].get(object) : object;
  };
  return { ...store, get };
}

/** Expects the problem of an object with this fault: its key, what OBS said, and what to do. */
export function problemWith(key: string, fault: ObjectFault) {
  const { code } = objectFaults[fault];
  return {
    key,
    code,
    message: expect.stringContaining(key) as string,
    hint: expect.any(String) as string,
  };
}
