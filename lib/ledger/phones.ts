import { createHash } from 'node:crypto';
import pLimit from 'p-limit';
import * as z from 'zod';
import { hasCode } from '../errors.ts';
import { parseObject } from './json.ts';
import { layout } from './layout.ts';
import type { Store } from './store.ts';

const PHONES_VERSION = 1;
const SHARDS_AT_ONCE = 8;

const archiveSchema = z.object({
  run_id: z.string(),
  bucket: z.string(),
  key: z.string(),
  size: z.number(),
  etag: z.string(),
  /** Epoch ms. */
  verified_at: z.number(),
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
  return createHash('sha256').update(phoneId).digest('hex').slice(0, 2);
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
    [...shards].map(([shard, news]) =>
      limit(async () => {
        const known = await readShard(store, shard);
        if (known === undefined) return;
        if (news.filter((entry) => note(known, entry)).length === 0) return;
        await store.put(layout.phones(shard), JSON.stringify(known));
      }),
    ),
  );
}

/** Takes one archive into a shard; answers whether that changed anything. */
function note(shard: Shard, { phone_id, phone_name, policy, archive }: IndexEntry): boolean {
  const known = shard.phones[phone_id]?.archives ?? {};
  const standing = known[policy];
  if (standing !== undefined && standing.verified_at >= archive.verified_at) return false;
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
