import pLimit from 'p-limit';
import * as z from 'zod';
import { sha256hex } from '../digest.ts';
import { ledgerObject, wholeKey } from '../ledger-object.ts';
import { ifReadable, listFolder, missingObject } from '../object-error.ts';
import { splitLazily } from './split.ts';
import type { Store } from '../store.ts';

const CALLS_AT_ONCE = 8;
const DIGITS = 32;

/** A list that may need several objects, its parts. The object that names the parts holds the list together. */
export type Parts<T> = {
  /**
   * Writes the parts below `folder` that `stored` does not name, and returns the keys of all. A key is the digest of its
   * content: no other list can change a part. Returns undefined when `isTimeUp` before all are written; another call goes on.
   */
  write(
    store: Pick<Store, 'put'>,
    folder: string,
    list: readonly T[],
    options?: { stored?: ReadonlySet<string>; isTimeUp?: () => boolean },
  ): Promise<string[] | undefined>;
  /** Returns the items of the parts. Throws ObjectError, also for a part that is gone or has other content than its key says. */
  read(store: Pick<Store, 'get'>, keys: readonly string[]): Promise<T[]>;
};

/** Returns the readers and writers of lists of phones, at most `maxItems` a part. */
export function phoneParts<T>(item: z.ZodType<T>, maxItems: number): Parts<T> {
  const part = ledgerObject({
    key: wholeKey,
    version: 1,
    schema: z.object({ phones: z.array(item) }),
    isNamed: (key, body) => key.endsWith(`/${nameOf(body)}`),
  });
  return {
    write: async (store, folder, list, { stored = new Set(), isTimeUp = () => false } = {}) => {
      const lists = splitLazily(list, maxItems);
      const keys: string[] = [];
      let isStopped = false;
      const writeOn = async (): Promise<void> => {
        for (const phones of lists) {
          const text = part.text({ phones });
          const key = `${folder}${nameOf(text)}`;
          keys.push(key);
          if (stored.has(key)) continue;
          isStopped = isTimeUp();
          // Leaving the loop ends it for all.
          if (isStopped) return;
          await store.put(key, text);
        }
      };
      await Promise.all(Array.from({ length: CALLS_AT_ONCE }, writeOn));
      return isStopped ? undefined : keys;
    },
    read: async (store, keys) => {
      const limit = pLimit(CALLS_AT_ONCE);
      const each = keys.map((key) =>
        limit(async () => {
          const found = await part.read(store, key);
          if (found === undefined) throw missingObject(key);
          return found.phones;
        }),
      );
      return (await Promise.all(each)).flat();
    },
  };
}

/** Returns the keys of the parts in a folder; none when it cannot be listed: then they are written again. */
export async function storedParts(
  store: Pick<Store, 'list'>,
  folder: string,
): Promise<ReadonlySet<string>> {
  const listed = (await ifReadable(listFolder(store, folder))) ?? [];
  return new Set(listed.map(({ key }) => key));
}

const nameOf = (body: string): string => `${sha256hex(body).slice(0, DIGITS)}.json`;
