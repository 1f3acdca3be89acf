import pLimit from 'p-limit';
import * as z from 'zod';
import { hasCode } from '../../errors.ts';
import { parseObject, readCache } from '../store/json.ts';
import { sha256hex } from '../store/digest.ts';
import { layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

const PHONES_VERSION = 1;
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

const phoneSchema = z.object({
  phone_name: z.string(),
  /** The last verified archive of each policy that has one. */
  archives: z.record(z.string(), archiveSchema),
});

const shardSchema = z.object({
  version: z.literal(PHONES_VERSION),
  phones: z.record(z.string(), phoneSchema),
});

type Shard = z.infer<typeof shardSchema>;
type IndexedArchive = z.infer<typeof archiveSchema>;

export type IndexEntry = {
  phone_id: string;
  phone_name: string;
  policy: string;
  archive: IndexedArchive;
};

/** The shard a phone is kept in: two hexadecimal digits. */
function shardOf(phoneId: string): string {
  return sha256hex(phoneId).slice(0, 2);
}

/** Notes verified archives; an older one never replaces a newer one. */
export async function indexArchives(
  store: Pick<Store, 'get' | 'put'>,
  entries: IndexEntry[],
): Promise<void> {
  const shards = new Map<string, IndexEntry[]>();
  for (const entry of entries) {
    const shard = shardOf(entry.phone_id);
    shards.set(shard, [...(shards.get(shard) ?? []), entry]);
  }
  const limit = pLimit(SHARDS_AT_ONCE);
  await Promise.all(
    [...shards].map(([shard, notification]) =>
      limit(async () => {
        const known = await readShard(store, shard);
        if (known === undefined) return;
        if (notification.filter((entry) => note(known, entry)).length === 0) return;
        await store.put(layout.phones(shard), JSON.stringify(known));
      }),
    ),
  );
}

/** Of these phones, those that have a verified archive for the policy. */
export async function archivedPhones(
  store: Pick<Store, 'get'>,
  policy: string,
  phoneIds: string[],
): Promise<Set<string>> {
  const limit = pLimit(SHARDS_AT_ONCE);
  const shards = await Promise.all(
    [...new Set(phoneIds.map(shardOf))].map((shard) =>
      limit(() => readCache(store, shardSchema, PHONES_VERSION, layout.phones(shard))),
    ),
  );
  const archived = new Set(
    shards.flatMap((shard) =>
      Object.entries(shard?.phones ?? {})
        .filter(([, { archives }]) => archives[policy] !== undefined)
        .map(([phoneId]) => phoneId),
    ),
  );
  return new Set(phoneIds.filter((phoneId) => archived.has(phoneId)));
}

/** What `readIndexedPhones` answers: the last verified archive of a phone for one policy, its time in ISO 8601. */
type PhoneArchiveEntry = {
  phone_id: string;
  phone_name: string;
  policy: string;
  run_id: string;
  verified_at: string;
  size: number;
  bucket: string;
  key: string;
};

/** The whole index, by phone name, phone and policy. Objects that cannot be read are passed over. */
export async function readIndexedPhones(
  store: Pick<Store, 'get' | 'list'>,
): Promise<PhoneArchiveEntry[]> {
  const keys = (await store.list(layout.phoneIndex)).map(({ key }) => key);
  const limit = pLimit(SHARDS_AT_ONCE);
  const shards = await Promise.all(
    keys.map((key) => limit(() => readCache(store, shardSchema, PHONES_VERSION, key))),
  );
  return shards
    .flatMap((shard) => (shard === undefined ? [] : archivesOf(shard)))
    .sort(
      (a, b) =>
        byText(a.phone_name, b.phone_name) ||
        byText(a.phone_id, b.phone_id) ||
        byText(a.policy, b.policy),
    );
}

function archivesOf(shard: Shard): PhoneArchiveEntry[] {
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

/** Takes one archive into a shard; answers whether that changed anything. */
function note(shard: Shard, { phone_id, phone_name, policy, archive }: IndexEntry): boolean {
  const known = shard.phones[phone_id]?.archives ?? {};
  const statusOf = known[policy];
  if (statusOf !== undefined && statusOf.verified_at >= archive.verified_at) return false;
  shard.phones[phone_id] = { phone_name, archives: { ...known, [policy]: archive } };
  return true;
}

/** A shard to add to; a broken one starts anew, and undefined stands for one of a newer version, which is left alone. */
async function readShard(store: Pick<Store, 'get'>, shard: string): Promise<Shard | undefined> {
  const key = layout.phones(shard);
  const object = await store.get(key);
  const empty: Shard = { version: PHONES_VERSION, phones: {} };
  if (object === undefined) return empty;
  try {
    return parseObject(shardSchema, PHONES_VERSION, key, object.body);
  } catch (error) {
    return hasCode(error, 'object_newer') ? undefined : empty;
  }
}
