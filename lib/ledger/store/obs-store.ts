import { hasCode } from '../../errors.ts';
import type { RefusedDelete, Store } from './store.ts';

type Objects = {
  get(
    bucket: string,
    key: string,
  ): Promise<{ body: string; etag: string; lastModified: number } | undefined>;
  put(
    bucket: string,
    key: string,
    body: string,
    options?: { ifNoneMatch?: true },
  ): Promise<{ outcome: 'written' | 'exists' | 'unsupported' }>;
  head(bucket: string, key: string): Promise<{ key: string } | undefined>;
  list(
    bucket: string,
    prefix: string,
    options?: { startAfter?: string; max?: number },
  ): Promise<{ objects: { key: string; size: number; etag: string; lastModified: number }[] }>;
  remove(bucket: string, keys: string[]): Promise<RefusedDelete[]>;
};

/** Returns a store in a bucket, with every key under `prefix`. */
export function obsStore(obs: Objects, bucket: string, prefix: string): Store {
  const put = async (key: string, body: string): Promise<void> => {
    await obs.put(bucket, prefix + key, body);
  };
  const isThere = async (key: string): Promise<boolean> => {
    try {
      return (await obs.head(bucket, prefix + key)) !== undefined;
    } catch (error) {
      if (!hasCode(error, 'access_denied')) throw error;
      // Its content is refused. Whether it is there, LIST tells, and where it is honoured the conditional PUT.
      const { objects } = await obs.list(bucket, prefix + key, { max: 1 });
      return objects[0]?.key === prefix + key;
    }
  };
  return {
    prefix,
    get: (key) => obs.get(bucket, prefix + key),
    put,
    create: async (key, body) => {
      if (await isThere(key)) return 'exists';
      const { outcome } = await obs.put(bucket, prefix + key, body, { ifNoneMatch: true });
      if (outcome === 'exists') return 'exists';
      if (outcome === 'unsupported') await put(key, body);
      return 'created';
    },
    tryConditional: async (key, body) => {
      const { outcome } = await obs.put(bucket, prefix + key, body, { ifNoneMatch: true });
      if (outcome === 'exists') return 'honoured';
      return outcome === 'written' ? 'ignored' : 'refused';
    },
    list: async (under, options = {}) => {
      const { startAfter, max } = options;
      const { objects } = await obs.list(bucket, prefix + under, {
        ...(startAfter === undefined ? {} : { startAfter: prefix + startAfter }),
        ...(max === undefined ? {} : { max }),
      });
      return objects.map((object) => ({ ...object, key: object.key.slice(prefix.length) }));
    },
    remove: async (keys) => {
      const refused = await obs.remove(
        bucket,
        keys.map((key) => prefix + key),
      );
      return refused.map(({ key, code }) => ({ key: key.slice(prefix.length), code }));
    },
  };
}
