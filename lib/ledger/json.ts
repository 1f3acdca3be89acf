import * as z from 'zod';
import { PhonevaultError } from '../errors.ts';
import type { Store } from './store.ts';

const MAX_CHARACTERS = 16 * 1024 * 1024;

const versioned = z.looseObject({ version: z.number().int() });

/**
 * Reads a ledger object's text. Throws `object_newer` when a later version of Phonevault wrote it and
 * `object_invalid` when it is not what the schema says; both name the key, neither quotes the content.
 */
export function parseObject<S extends z.ZodType>(
  schema: S,
  version: number,
  key: string,
  body: string,
): z.output<S> {
  if (body.length > MAX_CHARACTERS)
    throw invalid(key, `is larger than ${MAX_CHARACTERS} characters`);
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw invalid(key, 'is not JSON', cause);
  }
  const head = versioned.safeParse(value);
  if (!head.success) throw invalid(key, 'has no version');
  if (head.data.version > version) {
    throw new PhonevaultError(
      'object_newer',
      `${key} has version ${head.data.version}; this Phonevault reads up to ${version}`,
      {
        hint: 'Deploy the newer version again, or remove the object if it was written by mistake.',
      },
    );
  }
  const result = schema.safeParse(value);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw invalid(key, `is wrong at ${issue?.path.join('.') || 'its root'}: ${issue?.message}`);
  }
  return result.data;
}

function invalid(key: string, what: string, cause?: unknown): PhonevaultError {
  return new PhonevaultError('object_invalid', `${key} ${what}`, {
    hint: 'Look at the object in the bucket; restore an earlier version of it or remove it.',
    cause,
  });
}

/** Reads and checks one object; undefined when it is not there. */
export async function readObject<S extends z.ZodType>(
  store: Pick<Store, 'get'>,
  schema: S,
  version: number,
  key: string,
): Promise<z.output<S> | undefined> {
  const object = await store.get(key);
  return object === undefined ? undefined : parseObject(schema, version, key, object.body);
}

/** Reads a cache: undefined when it is not there or cannot be read, since what it holds can be found out again. */
export async function readCache<S extends z.ZodType>(
  store: Pick<Store, 'get'>,
  schema: S,
  version: number,
  key: string,
): Promise<z.output<S> | undefined> {
  const object = await store.get(key);
  if (object === undefined) return undefined;
  try {
    return parseObject(schema, version, key, object.body);
  } catch {
    return undefined;
  }
}
