import type { Pruned } from '../../lib/ledger/retention/state.ts';
import type { JudgedArchive, Preview } from '../../lib/run/retention/preview.ts';

/** An archive in the output of `prune`. */
export type PruneEntry = {
  phone_id: string;
  phone_name: string;
  bucket: string;
  key: string;
  size: number;
  reasons: string[];
  /** When it leaves the trash. */
  delete_at?: string;
  /** Why the bucket did not delete it. */
  code?: string;
};

const MISSING = 'missing';

/** A policy before (`isDryRun`) or after its rules were applied. */
export type PrunedPolicy = {
  preview: Preview;
  isDryRun: boolean;
  /** What drive reported; undefined while it is not done. */
  last?: Pruned | undefined;
  /** What was to be deleted. */
  planned?: readonly PruneEntry[] | undefined;
};

export function entryOf({ archive, reasons, delete_at }: JudgedArchive): PruneEntry {
  const { phone_id, phone_name, bucket, key, size } = archive;
  return {
    ...{ phone_id, phone_name, bucket, key, size, reasons },
    ...(delete_at === undefined ? {} : { delete_at: new Date(delete_at).toISOString() }),
  };
}

/** Yields the archives that are, or would be, deleted or put into the trash. */
export async function* deletedEntries({
  preview,
  isDryRun,
  planned = [],
}: PrunedPolicy): AsyncGenerator<PruneEntry> {
  const left = new Set<string>();
  for await (const judged of preview.archives()) {
    left.add(judged.archive.key);
    if (!judged.keep && (isDryRun || judged.delete_at !== undefined)) yield entryOf(judged);
  }
  for (const entry of planned) if (!left.has(entry.key)) yield entry;
}

/** Yields the archives that stay, also those that the bucket refused to delete; with code `missing` the last good ones that are not in it. */
export async function* keptEntries({
  preview,
  isDryRun,
  last,
}: PrunedPolicy): AsyncGenerator<PruneEntry> {
  const codes = new Map(last?.refusals.map(({ key, code }) => [key, code]));
  for (const key of last?.missing_keys ?? []) codes.set(key, MISSING);
  for await (const judged of preview.archives()) {
    if (!judged.keep && (isDryRun || judged.delete_at !== undefined)) continue;
    const code = codes.get(judged.archive.key);
    const reasons = judged.keep ? judged.reasons : [];
    yield { ...entryOf(judged), reasons, ...(code === undefined ? {} : { code }) };
  }
}
