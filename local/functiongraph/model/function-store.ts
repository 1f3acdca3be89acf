import { fss } from './error.ts';
import type { FunctionRecord } from './function.ts';
import { parseUrn, type Place } from './urn.ts';

export type FunctionStore = {
  /** Throws FSS.1309, FSS.1051, FSS.1052: the only version is `latest`. */
  find(urn: string): FunctionRecord;
  has(group: string, name: string): boolean;
  /** False once the function is deleted. */
  exists(record: FunctionRecord): boolean;
  add(record: FunctionRecord): void;
  remove(record: FunctionRecord): void;
  /** In the order of creation. */
  list(): FunctionRecord[];
};

/** The functions of the project, by package and name. */
export function createFunctionStore(place: Pick<Place, 'region' | 'projectId'>): FunctionStore {
  const records = new Map<string, FunctionRecord>();
  const keyOf = (group: string, name: string) => `${group}:${name}`;
  return {
    find(urn) {
      const { package: group, name, qualifier = 'latest' } = parseUrn(urn, place);
      const record = records.get(keyOf(group, name));
      if (record === undefined) throw fss('FSS.1051');
      if (qualifier !== 'latest') throw fss('FSS.1052');
      return record;
    },
    has: (group, name) => records.has(keyOf(group, name)),
    exists: (record) => records.get(keyOf(record.package, record.name)) === record,
    add: (record) => void records.set(keyOf(record.package, record.name), record),
    remove: (record) => void records.delete(keyOf(record.package, record.name)),
    list: () => [...records.values()],
  };
}
