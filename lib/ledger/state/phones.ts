import pLimit from 'p-limit';
import * as z from 'zod';
import { hasCode } from '../../errors.ts';
import { sha256hex } from '../store/digest.ts';
import { layout } from '../store/layout.ts';
import { type ContentOf, ledgerObject, wholeKey } from '../store/ledger-object.ts';
import { isUnreadable, type ObjectError } from '../store/object-error.ts';
import type { Store } from '../store/store.ts';

const SHARDS_AT_ONCE = 8;

const archiveSchema = z.object({
  run_id: z.string(),
  bucket: z.string(),
  key: z.string(),
  size: z.number(),
  etag: z.string(),
  /** Epoch ms. */
  verified_at: z.number().min(0).max(8.64e15),
  image_version: z.string().optional(),
});

export type Archive = z.infer<typeof archiveSchema>;

const phoneSchema = z.object({
  phone_name: z.string(),
  /** The last verified archive of each policy that has one. */
  archives: z.record(z.string(), archiveSchema),
});

const shardObject = ledgerObject({
  key: wholeKey,
  version: 1,
  schema: z.object({ phones: z.record(z.string(), phoneSchema) }),
});

type Shard = ContentOf<typeof shardObject>;

export type IndexEntry = {
  phone_id: string;
  phone_name: string;
  policy: string;
  archive: Archive;
};

/** The last verified archive of a phone for one policy. The time is in ISO 8601. */
type IndexedArchive = {
  phone_id: string;
  phone_name: string;
  policy: string;
  run_id: string;
  verified_at: string;
  size: number;
  bucket: string;
  key: string;
};

/** Adds verified archives to the index. An older archive never replaces a newer one. */
export async function indexArchives(
  store: Pick<Store, 'get' | 'put'>,
  entries: IndexEntry[],
): Promise<void> {
  const byShard = new Map<string, IndexEntry[]>();
  for (const entry of entries) {
    const key = shardKey(entry.phone_id);
    byShard.set(key, [...(byShard.get(key) ?? []), entry]);
  }
  const limit = pLimit(SHARDS_AT_ONCE);
  await Promise.all([...byShard].map(([key, own]) => limit(() => addToShard(store, key, own))));
}

/** Returns the phones among `phoneIds` that have a verified archive of the policy. */
export async function archivedPhones(
  store: Pick<Store, 'get'>,
  policy: string,
  phoneIds: string[],
): Promise<Set<string>> {
  const shards = await readShards(store, [...new Set(phoneIds.map(shardKey))]);
  const phones = new Map(shards.flatMap((shard) => Object.entries(shard.phones)));
  return new Set(phoneIds.filter((id) => Object.hasOwn(phones.get(id)?.archives ?? {}, policy)));
}

/** Returns the phones' last verified archives of a policy, and the phones whose shard cannot be read. */
export async function lastArchives(
  store: Pick<Store, 'get'>,
  policy: string,
  phoneIds: readonly string[],
): Promise<{ archives: Map<string, Archive>; unreadable: Set<string> }> {
  const archives = new Map<string, Archive>();
  const unreadable = new Set<string>();
  const byShard = new Map<string, string[]>();
  for (const id of phoneIds) byShard.set(shardKey(id), [...(byShard.get(shardKey(id)) ?? []), id]);
  const limit = pLimit(SHARDS_AT_ONCE);
  const each = [...byShard].map(([key, ids]) =>
    limit(async () => {
      const shard = await shardObject.read(store, key).catch((error: unknown) => {
        if (!isUnreadable(error)) throw error;
        for (const id of ids) unreadable.add(id);
      });
      for (const id of ids) {
        const own = Object.hasOwn(shard?.phones ?? {}, id) ? shard?.phones[id]?.archives : {};
        const archive = Object.hasOwn(own ?? {}, policy) ? own?.[policy] : undefined;
        if (archive !== undefined) archives.set(id, archive);
      }
    }),
  );
  await Promise.all(each);
  return { archives, unreadable };
}

/** Returns the whole index, sorted by phone name, phone id and policy. Adds the errors of unreadable shards to `unreadable`. */
export async function readIndexedPhones(
  store: Pick<Store, 'get' | 'list'>,
  unreadable: ObjectError[] = [],
): Promise<IndexedArchive[]> {
  const shards = await readShards(
    store,
    (await store.list(layout.phoneIndex)).map(({ key }) => key),
    unreadable,
  );
  return shards
    .flatMap(archivesOf)
    .sort(
      (a, b) =>
        byText(a.phone_name, b.phone_name) ||
        byText(a.phone_id, b.phone_id) ||
        byText(a.policy, b.policy),
    );
}

/** Returns the key of a phone's shard, named by two hexadecimal digits. */
function shardKey(phoneId: string): string {
  return layout.phones(sha256hex(phoneId).slice(0, 2));
}

async function readShards(
  store: Pick<Store, 'get'>,
  keys: string[],
  unreadable: ObjectError[] = [],
): Promise<Shard[]> {
  const limit = pLimit(SHARDS_AT_ONCE);
  const collect = (error: unknown): undefined => {
    if (!isUnreadable(error)) throw error;
    unreadable.push(error);
    return undefined;
  };
  const shards = await Promise.all(
    keys.map((key) => limit(() => shardObject.read(store, key).catch(collect))),
  );
  return shards.filter((shard) => shard !== undefined);
}

/** Replaces an invalid shard. Leaves a shard of a newer version unchanged. */
async function addToShard(
  store: Pick<Store, 'get' | 'put'>,
  key: string,
  entries: IndexEntry[],
): Promise<void> {
  let shard: Shard | undefined;
  try {
    shard = await shardObject.read(store, key);
  } catch (error) {
    if (hasCode(error, 'object_newer')) return;
    if (!isUnreadable(error)) throw error;
  }
  const { phones } = shard ?? { phones: {} };
  if (entries.filter((entry) => addEntry(phones, entry)).length === 0) return;
  await shardObject.put(store, { phones }, key);
}

/** Returns whether the entry changed anything. */
function addEntry(
  phones: Shard['phones'],
  { phone_id, phone_name, policy, archive }: IndexEntry,
): boolean {
  const archives = phones[phone_id]?.archives ?? {};
  const known = archives[policy];
  if (known !== undefined && known.verified_at >= archive.verified_at) return false;
  phones[phone_id] = { phone_name, archives: { ...archives, [policy]: archive } };
  return true;
}

function archivesOf(shard: Shard): IndexedArchive[] {
  return Object.entries(shard.phones).flatMap(([phone_id, { phone_name, archives }]) =>
    Object.entries(archives).map(([policy, { run_id, verified_at, size, bucket, key }]) => ({
      phone_id,
      phone_name,
      policy,
      run_id,
      verified_at: new Date(verified_at).toISOString(),
      size,
      bucket,
      key,
    })),
  );
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
