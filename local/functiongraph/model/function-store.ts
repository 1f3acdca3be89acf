import { fss } from './error.ts';
import type { FunctionRecord, FunctionVersion } from './function.ts';
import { parseUrn } from './urn.ts';

/** A function and the version that a URN means; `qualifier` as it was named, else `latest`. */
export type Found = { record: FunctionRecord; version: FunctionVersion; qualifier: string };

export type FunctionStore = {
  /** Throws FSS.1309, FSS.1051, FSS.1052. */
  find(urn: string): Found;
  has(group: string, name: string): boolean;
  add(record: FunctionRecord): void;
  remove(record: FunctionRecord): void;
  /** In the order of their creation. */
  list(): FunctionRecord[];
};

/** The functions of the project, by group and name. */
export function createFunctionStore(where: { region: string; projectId: string }): FunctionStore {
  const records = new Map<string, FunctionRecord>();
  const keyOf = (group: string, name: string) => `${group}:${name}`;
  return {
    find(urn) {
      const { package: group, name, qualifier } = parseUrn(urn, where);
      const record = records.get(keyOf(group, name));
      if (record === undefined) throw fss('FSS.1051');
      return { record, version: versionOf(record, qualifier), qualifier: qualifier ?? 'latest' };
    },
    has: (group, name) => records.has(keyOf(group, name)),
    add: (record) => void records.set(keyOf(record.package, record.name), record),
    remove: (record) => void records.delete(keyOf(record.package, record.name)),
    list: () => [...records.values()],
  };
}

/** The version that a qualifier (`latest`, a version, an alias) means. Throws FSS.1052. */
export function versionOf(record: FunctionRecord, qualifier: string | undefined): FunctionVersion {
  if (qualifier === undefined || qualifier === 'latest') return record.head;
  const name = record.aliases.get(qualifier)?.version ?? qualifier;
  if (name === 'latest') return record.head;
  const found = record.versions.find(({ version }) => version === name);
  if (found === undefined) throw fss('FSS.1052');
  return found;
}
