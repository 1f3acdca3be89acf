import * as z from 'zod';
import { hasCode, PhonevaultError } from '../../errors.ts';
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

/** The object, if it is of the run under whose key it lies. Throws `object_invalid` for one that was put there for another. */
export function ofRun<T extends { run_id: string }>(runId: string, key: string, object: T): T {
  if (object.run_id === runId) return object;
  throw invalid(key, 'is of another run');
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
  return unlessBroken(readObject(store, schema, version, key));
}

/** Waits for a reading; undefined when it meets an object that is broken or newer than this version. */
export async function unlessBroken<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isBroken(error)) return undefined;
    throw error;
  }
}

/** True for an error that tells of one object only: it is broken, or newer than this version. */
export function isBroken(
  error: unknown,
): error is PhonevaultError & { code: 'object_newer' | 'object_invalid' } {
  return hasCode(error, 'object_newer') || hasCode(error, 'object_invalid');
}
