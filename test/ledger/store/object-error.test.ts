import { describe, expect, it } from 'vitest';
import { type ErrorCode, PhonevaultError, ServiceError } from '../../../lib/errors.ts';
import {
  getObject,
  ifReadable,
  missingObject,
  throwIfListed,
} from '../../../lib/ledger/store/object-error.ts';

const KEY = 'runs/nightly-1/plan.json';
const FACTS = { service: 'obs', operation: 'GetObject', carriedOut: 'no' } as const;

const refusing = (error: unknown) => ({
  get: async () => {
    throw error;
  },
});
const failure = (code: ErrorCode, serviceCode?: string) =>
  new ServiceError(code, `GetObject failed: 403 ${serviceCode}, request 0001`, {
    ...FACTS,
    serviceCode,
  });

describe('getObject', () => {
  it.each([
    ['access_denied', 'AccessDenied', 'KMS key'],
    ['access_denied', 'InvalidObjectState', 'archive storage class'],
    ['service', 'InternalError', 'growing pauses'],
    ['unreachable', undefined, 'growing pauses'],
  ] as const)('names the key, the response and what to do: %s %s', async (code, own, hint) => {
    const error = failure(code, own);
    const thrown: unknown = await getObject(refusing(error), KEY).catch((one: unknown) => one);
    expect(thrown).toMatchObject({ code: 'object_unreadable', key: KEY, retryable: true });
    expect(thrown).toHaveProperty('message', `${KEY} cannot be read: ${error.message}`);
    expect(thrown).toHaveProperty('hint', expect.stringContaining(hint));
    expect(thrown).toHaveProperty('cause', error);
  });

  it.each(['credentials_refused', 'throttled', 'bucket_missing', 'clock_skew', 'time_up'] as const)(
    'throws %s as it is: it concerns every call',
    async (code) => {
      const error = failure(code);
      await expect(getObject(refusing(error), KEY)).rejects.toBe(error);
    },
  );
});

describe('ifReadable', () => {
  it('returns undefined for an unreadable object, and throws anything else', async () => {
    expect(await ifReadable(Promise.reject(missingObject(KEY)))).toBeUndefined();
    const other = new PhonevaultError('throttled', 'too many calls');
    await expect(ifReadable(Promise.reject(other))).rejects.toBe(other);
  });
});

describe('throwIfListed', () => {
  it('throws object_unreadable when LIST shows exactly this key', async () => {
    const listing = (...keys: string[]) => ({
      list: async () => keys.map((key) => ({ key, size: 1, etag: 'e', lastModified: 0 })),
    });
    expect(await throwIfListed(listing(), KEY)).toBeUndefined();
    expect(await throwIfListed(listing(`${KEY}.old`), KEY)).toBeUndefined();
    await expect(throwIfListed(listing(KEY), KEY)).rejects.toMatchObject({
      ...{ code: 'object_unreadable', key: KEY },
    });
  });
});
