import type { ObjectRecord } from './backend.ts';
import { lowerBound } from './byte-order.ts';

export type Records = {
  get(key: string): ObjectRecord | undefined;
  set(record: ObjectRecord): void;
  delete(key: string): void;
  withPrefix(prefix: string): ObjectRecord[];
};

/** The records of one bucket, in byte order of their keys. */
export function createRecords(): Records {
  const sorted: ObjectRecord[] = [];
  const byKey = new Map<string, ObjectRecord>();
  const indexOf = (key: string) => lowerBound(sorted, key, (record) => record.key);
  return {
    get: (key) => byKey.get(key),
    set(record) {
      const replaces = byKey.has(record.key) ? 1 : 0;
      byKey.set(record.key, record);
      sorted.splice(indexOf(record.key), replaces, record);
    },
    delete(key) {
      if (byKey.delete(key)) sorted.splice(indexOf(key), 1);
    },
    withPrefix(prefix) {
      const found: ObjectRecord[] = [];
      for (let i = indexOf(prefix); i < sorted.length; i += 1) {
        const record = sorted[i] as ObjectRecord;
        if (!record.key.startsWith(prefix)) break;
        found.push(record);
      }
      return found;
    },
  };
}
