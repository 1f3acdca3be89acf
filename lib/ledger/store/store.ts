/** The bucket as the ledger sees it: text objects under one prefix. Keys are relative to that prefix. */
export type StoredObject = { body: string; etag: string; lastModified: number };

type ListedObject = { key: string; size: number; etag: string; lastModified: number };

/** What the bucket was seen to do with `If-None-Match: *`; OBS does not document it. */
export type Conditional = 'honoured' | 'ignored' | 'refused';

export type Store = {
  /** What lies before every key in the bucket. */
  prefix: string;
  get(key: string): Promise<StoredObject | undefined>;
  /** Writes, replacing what is there. */
  put(key: string, body: string): Promise<void>;
  /**
   * Writes only where nothing is. Atomic where the bucket honours conditional PUT; elsewhere a look before
   * the write, which a racing writer can slip through.
   */
  create(key: string, body: string): Promise<'created' | 'exists'>;
  /** Asks for the same conditional write as `create`, without the look before it, to see what the bucket does with it. */
  tryConditional(key: string, body: string): Promise<Conditional>;
  list(prefix: string, options?: { startAfter?: string; max?: number }): Promise<ListedObject[]>;
  remove(keys: string[]): Promise<void>;
};

/** Whether there is an object under this very key. */
export async function exists(store: Pick<Store, 'list'>, key: string): Promise<boolean> {
  const [first] = await store.list(key, { max: 1 });
  return first?.key === key;
}
