import { beforeAll, describe, expect, it } from 'vitest';
import type { Obs } from '../../../lib/cloud/obs/obs.ts';
import { type ErrorCode, ServiceError } from '../../../lib/errors.ts';

type ObsKeys = { accessKey: string; secretKey: string; securityToken: string };

/** An object store with one bucket, which session keys open. */
export type Access = {
  bucket: string;
  keys: ObsKeys;
  /** Keys of a session that is over. */
  expiredKeys(): Promise<ObsKeys>;
  /** A client that signs with these keys, by a clock so far ahead of the store's. */
  obs(keys: ObsKeys, aheadMs?: number): Obs;
};

/** Servers word some refusals in their own way. */
type Codes = {
  wrongSecret: ErrorCode;
  unknownToken: ErrorCode;
  noToken: ErrorCode;
  expired: ErrorCode;
};

const MINUTE = 60_000;

/** Who gets in and who does not: what an object store must do. */
export function obsAccessSuite(name: string, open: () => Promise<Access>, codes: Codes): void {
  describe(`access to ${name}`, () => {
    let access: Access;
    let made = 0;
    beforeAll(async () => {
      access = await open();
    });

    /** Tries each call; the codes they failed with. Nothing may have been written or read. */
    const refusals = async (obs: Obs): Promise<unknown[]> => {
      const { bucket, keys } = access;
      made += 1;
      const [there, own] = [`there ${made}`, `own ${made}`];
      const good = access.obs(keys);
      await good.put(bucket, there, 'as it was');
      const attempts = [
        obs.put(bucket, own, 'x'),
        obs.put(bucket, own, 'x', { ifNoneMatch: true }),
        obs.put(bucket, there, 'changed'),
        obs.get(bucket, there),
        obs.list(bucket, ''),
      ].map((one) => one.catch((error: unknown) => error));
      const deletes = [[there], [there, own]].map((some) => refusalOf(obs, bucket, some));
      const errors = await Promise.all([...attempts, ...deletes]);
      expect((await good.get(bucket, there))?.body).toBe('as it was');
      expect(await good.get(bucket, own)).toBeUndefined();
      for (const error of errors) {
        expect(error).toBeInstanceOf(ServiceError);
        expect(error).toMatchObject({ retryable: false, carriedOut: 'no' });
      }
      const found = errors.map((error) => (error as ServiceError).code);
      return [...new Set(found)];
    };

    /** A denied delete returns its keys. */
    const refusalOf = async (obs: Obs, bucket: string, some: string[]): Promise<unknown> => {
      try {
        const refused = await obs.remove(bucket, some);
        expect(refused.map(({ key }) => key)).toEqual(some);
        const facts = { service: 'obs', operation: 'DeleteObjects', carriedOut: 'no' } as const;
        return new ServiceError('access_denied', refused[0]?.code ?? '', facts);
      } catch (error) {
        return error;
      }
    };

    it('is given to keys and their token', async () => {
      const { bucket, keys } = access;
      const obs = access.obs(keys);
      await obs.put(bucket, 'a', 'text');
      expect((await obs.get(bucket, 'a'))?.body).toBe('text');
    });

    it('is refused to a wrong secret key', async () => {
      const obs = access.obs({ ...access.keys, secretKey: 'x'.repeat(40) });
      expect(await refusals(obs)).toEqual([codes.wrongSecret]);
    });

    it('is refused to a token that was never given', async () => {
      const obs = access.obs({ ...access.keys, securityToken: 'bm90IGEgdG9rZW4=' });
      expect(await refusals(obs)).toEqual([codes.unknownToken]);
    });

    it('is refused to keys of a session without their token', async () => {
      const obs = access.obs({ ...access.keys, securityToken: '' });
      expect(await refusals(obs)).toEqual([codes.noToken]);
    });

    it('is refused to a session that is over', async () => {
      const obs = access.obs(await access.expiredKeys());
      expect(await refusals(obs)).toEqual([codes.expired]);
    });

    it.each([
      ['ahead', 20],
      ['behind', -20],
    ])('is refused to a clock that is 20 minutes %s, and the error says so', async (_, minutes) => {
      const obs = access.obs(access.keys, minutes * MINUTE);
      expect(await refusals(obs)).toEqual(['clock_skew']);
      const side = minutes > 0 ? 'ahead of' : 'behind';
      await expect(obs.list(access.bucket, '')).rejects.toThrow(`20 min ${side} the service`);
    });

    it('is given to a clock that is 10 minutes off', async () => {
      for (const minutes of [10, -10]) {
        const obs = access.obs(access.keys, minutes * MINUTE);
        await obs.put(access.bucket, 'skewed', 'text');
        expect((await obs.get(access.bucket, 'skewed'))?.body).toBe('text');
      }
    });

    it('knows a missing bucket from a missing key', async () => {
      const obs = access.obs(access.keys);
      expect(await obs.get(access.bucket, 'not there')).toBeUndefined();
      const missing = { code: 'bucket_missing' };
      await expect(obs.get('no-such-bucket', 'a')).rejects.toMatchObject(missing);
      await expect(obs.put('no-such-bucket', 'a', 'x')).rejects.toMatchObject(missing);
      await expect(obs.list('no-such-bucket', '')).rejects.toMatchObject(missing);
    });
  });
}
