import * as z from 'zod';
import { hasCode } from '../../errors.ts';
import { getObject, ifCached, invalidObject, ObjectError, throwIfListed } from './object-error.ts';
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
  /** For keys that are a digest: returns whether a text is that of the key. */
  isNamed?: (key: string, body: string) => boolean;
};

export type LedgerObject<T extends object, Ids extends Id[]> = {
  /** Returns the text of an object. */
  text(content: T): string;
  /** Parses the text of an object. Throws `object_newer` and `object_invalid`. */
  parse(key: string, body: string): T;
  /** Returns the object; undefined when it is absent. Throws ObjectError when it cannot be used. */
  read(store: Pick<Store, 'get'>, ...ids: Ids): Promise<T | undefined>;
  /** Like `read`, for an object that LIST has shown: throws ObjectError when LIST shows it and GET does not find it. */
  readListed(store: Pick<Store, 'get' | 'list'>, ...ids: Ids): Promise<T | undefined>;
  /** Like `read`, with the time at which the object was written (epoch ms). */
  readStored(
    store: Pick<Store, 'get'>,
    ...ids: Ids
  ): Promise<{ content: T; lastModified: number } | undefined>;
  /** Returns the object; undefined when it is absent, unreadable or throttled. For caches, which can be rebuilt. */
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
  const { key: keyOf, version, type, schema, runsOf, isNamed } = kind;
  const head = type === undefined ? { version } : { version, type };
  const text = (content: T): string => JSON.stringify({ ...head, ...content });

  const parse = (key: string, body: string): T => {
    const result = schema.safeParse(parseHead(head, key, body));
    if (result.success) return result.data;
    const issue = result.error.issues[0];
    const path = issue?.path.join('.') || 'its root';
    throw invalidObject(key, `is invalid at ${path}: ${issue?.message}`);
  };
  const readOnce: LedgerObject<T, Ids>['readStored'] = async (store, ...ids) => {
    const key = keyOf(...ids);
    const object = await getObject(store, key);
    if (object === undefined) return undefined;
    const content = parse(key, object.body);
    if (runsOf?.(content).some((run) => run !== ids[0]) === true) {
      throw invalidObject(key, 'belongs to another run');
    }
    if (isNamed?.(key, object.body) === false) {
      throw invalidObject(key, 'has other content than the digest in its name says');
    }
    return { content, lastModified: object.lastModified };
  };
  const readStored: LedgerObject<T, Ids>['readStored'] = async (...args) => {
    try {
      return await readOnce(...args);
    } catch (error) {
      if (!hasCode(error, 'object_invalid')) throw error;
      // One response may be corrupted.
      return readOnce(...args);
    }
  };
  const read: LedgerObject<T, Ids>['read'] = async (...args) =>
    (await readStored(...args))?.content;
  return {
    text,
    parse,
    read,
    readListed: async (store, ...ids) =>
      (await read(store, ...ids)) ?? throwIfListed(store, keyOf(...ids)),
    readStored,
    readCache: (store, ...ids) => ifCached(read(store, ...ids)),
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
    const what = `has version ${version}; this Phonevault reads up to ${head.version}`;
    throw new ObjectError('object_newer', key, what, {
      hint: 'Deploy the newer version of Phonevault again. If the object was written by mistake, delete it.',
    });
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
