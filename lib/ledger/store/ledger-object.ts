import * as z from 'zod';
import { hasCode, PhonevaultError } from '../../errors.ts';
import type { Store } from './store.ts';

const MAX_CHARACTERS = 16 * 1024 * 1024;

const headSchema = z.object({ version: z.number().int(), type: z.unknown().optional() });

type Id = string | number | undefined;

/** One kind of object in the ledger. */
type Kind<T extends object, Ids extends Id[]> = {
  /** Returns the key of an object from its ids. */
  key: (...ids: Ids) => string;
  version: number;
  /** Set where objects of several kinds share a folder. Written, and checked on read. */
  type?: string;
  /** The content, without `version` and `type`: only the stored text has these. */
  schema: z.ZodType<T>;
  /** Returns the run ids in the content. All must equal the first id of the key. */
  runsOf?: (content: T) => readonly string[];
};

export type LedgerObject<T extends object, Ids extends Id[]> = {
  /** Returns the text of an object. */
  text(content: T): string;
  /** Parses the text of an object. Throws `object_newer` and `object_invalid`. */
  parse(key: string, body: string): T;
  /** Returns the object; undefined when it is absent. Throws `object_newer` and `object_invalid`. */
  read(store: Pick<Store, 'get'>, ...ids: Ids): Promise<T | undefined>;
  /** Returns the object; undefined when it is absent or unreadable. For caches, which can be rebuilt. */
  readCache(store: Pick<Store, 'get'>, ...ids: Ids): Promise<T | undefined>;
  /** Writes the object, replacing any. */
  put(store: Pick<Store, 'put'>, content: T, ...ids: Ids): Promise<void>;
  /** Writes the object unless there is one. */
  create(store: Pick<Store, 'create'>, content: T, ...ids: Ids): Promise<'created' | 'exists'>;
};

/** The content of a kind of object. */
export type ContentOf<O extends { parse(key: string, body: string): object }> = ReturnType<
  O['parse']
>;

/** The `key` of a kind whose callers pass whole keys, from a LIST or from another object. */
export const wholeKey = (key: string): string => key;

/** Returns the readers and writers of one kind of object. */
export function ledgerObject<T extends object, Ids extends Id[]>(
  kind: Kind<T, Ids>,
): LedgerObject<T, Ids> {
  const { key: keyOf, version, type, schema, runsOf } = kind;
  const head = type === undefined ? { version } : { version, type };
  const text = (content: T): string => JSON.stringify({ ...head, ...content });

  const parse = (key: string, body: string): T => {
    const result = schema.safeParse(parseHead(head, key, body));
    if (result.success) return result.data;
    const issue = result.error.issues[0];
    const path = issue?.path.join('.') || 'its root';
    throw invalidObject(key, `is invalid at ${path}: ${issue?.message}`);
  };
  const read: LedgerObject<T, Ids>['read'] = async (store, ...ids) => {
    const key = keyOf(...ids);
    const object = await store.get(key);
    if (object === undefined) return undefined;
    const content = parse(key, object.body);
    if (runsOf?.(content).some((run) => run !== ids[0]) === true) {
      throw invalidObject(key, 'belongs to another run');
    }
    return content;
  };
  return {
    text,
    parse,
    read,
    readCache: (store, ...ids) => ifReadable(read(store, ...ids)),
    put: (store, content, ...ids) => store.put(keyOf(...ids), text(content)),
    create: (store, content, ...ids) => store.create(keyOf(...ids), text(content)),
  };
}

/** Checks the version and the type of an object's text and returns the rest. Errors name the key, never the content. */
function parseHead(head: { version: number; type?: string }, key: string, body: string): object {
  if (body.length > MAX_CHARACTERS) {
    throw invalidObject(key, `is larger than ${MAX_CHARACTERS} characters`);
  }
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw invalidObject(key, 'is not JSON', cause);
  }
  if (!hasHead(value)) throw invalidObject(key, 'has no version');
  const { version, ...content } = value;
  if (version > head.version) {
    throw new PhonevaultError(
      'object_newer',
      `${key} has version ${version}; this Phonevault reads up to ${head.version}`,
      {
        hint: 'Deploy the newer version of Phonevault again. If the object was written by mistake, delete it.',
      },
    );
  }
  if (version < head.version) throw invalidObject(key, `has version ${version}, which is unknown`);
  if (head.type !== undefined && content.type !== head.type) {
    throw invalidObject(key, `is not of type ${head.type}`);
  }
  return content;
}

function hasHead(value: unknown): value is z.infer<typeof headSchema> {
  return headSchema.safeParse(value).success;
}

/** Returns the error for an invalid object. `what` continues the sentence that begins with the key. */
export function invalidObject(key: string, what: string, cause?: unknown): PhonevaultError {
  return new PhonevaultError('object_invalid', `${key} ${what}`, {
    hint: 'Check the object in the bucket. Restore an earlier version of it, or delete it.',
    cause,
  });
}

/** Returns the result of a read; undefined when the object is unreadable. */
export async function ifReadable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

/** Returns whether an error says that an object is invalid, or newer than this version. */
export function isUnreadable(
  error: unknown,
): error is PhonevaultError & { code: 'object_newer' | 'object_invalid' } {
  return hasCode(error, 'object_newer') || hasCode(error, 'object_invalid');
}
