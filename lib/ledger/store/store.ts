/** The bucket as the ledger sees it: text objects under one prefix. Keys are relative to that prefix. */
export type StoredObject = { body: string; etag: string; lastModified: number };

type ListedObject = { key: string; size: number; etag: string; lastModified: number };

/** How the bucket handles `If-None-Match: *`, as observed. OBS does not document it. */
export type Conditional = 'honoured' | 'ignored' | 'refused';

/** A key that the bucket refused to delete, and the service's code. */
export type RefusedDelete = { key: string; code: string };

export type Store = {
  /** The prefix of every key in the bucket. */
  prefix: string;
  get(key: string): Promise<StoredObject | undefined>;
  /** Writes an object, replacing any. */
  put(key: string, body: string): Promise<void>;
  /**
   * Writes an object unless there is one. Atomic where the bucket honours conditional PUT. Elsewhere it reads before it
   * writes, and two concurrent calls can both return 'created'.
   */
  create(key: string, body: string): Promise<'created' | 'exists'>;
  /** Sends the conditional PUT of `create` without reading first. Returns how the bucket handles it. */
  tryConditional(key: string, body: string): Promise<Conditional>;
  list(prefix: string, options?: { startAfter?: string; max?: number }): Promise<ListedObject[]>;
  /** Absent keys count as deleted. Returns the keys that the bucket refused to delete. */
  remove(keys: string[]): Promise<RefusedDelete[]>;
};

/** What was written or deleted this long ago, every LIST shows so. OBS documents no bound; GET and HEAD show it at once. */
export const LIST_LAG_MS = 15 * 60_000;

/** Returns whether there is an object with exactly this key. */
export async function exists(store: Pick<Store, 'list'>, key: string): Promise<boolean> {
  const [first] = await store.list(key, { max: 1 });
  return first?.key === key;
}
