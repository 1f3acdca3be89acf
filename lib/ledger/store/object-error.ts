import { hasCode, PhonevaultError, ServiceError } from '../../errors.ts';
import { exists, type Store, type StoredObject } from './store.ts';

type ObjectErrorCode =
  | 'object_invalid'
  | 'object_newer'
  | 'object_unreadable'
  | 'object_unwritable';

/** One object of the ledger cannot be used. It says nothing about any other object. */
export class ObjectError extends PhonevaultError {
  /** Relative to the ledger's prefix. */
  readonly key: string;

  constructor(
    code: ObjectErrorCode,
    key: string,
    what: string,
    options: { hint: string; retryable?: boolean; cause?: unknown },
  ) {
    super(code, `${key} ${what}`, options);
    this.name = 'ObjectError';
    this.key = key;
  }
}

/** Returns whether an error concerns one object only. */
export function isUnreadable(error: unknown): error is ObjectError {
  return error instanceof ObjectError;
}

/** Returns what a read returns; undefined when the read meets an unreadable object. */
export async function ifReadable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

/** Like `ifReadable`, for a cache: undefined also when the read stays throttled. */
export async function ifCached<T>(reading: Promise<T>): Promise<T | undefined> {
  return ifReadable(reading).catch((error: unknown) => {
    if (hasCode(error, 'throttled')) return undefined;
    throw error;
  });
}

/** Returns the error of a read that concerns one object, also of one that stayed throttled. Throws any other. */
export function asUnreadable(key: string, error: unknown): ObjectError {
  if (isUnreadable(error)) return error;
  if (!hasCode(error, 'throttled')) throw error;
  return new ObjectError('object_unreadable', key, `cannot be read: ${error.message}`, {
    hint: 'It is tried again with growing pauses. If it stays so, raise the limits of the bucket.',
    retryable: true,
    cause: error,
  });
}

/** Returns the error for an object with the wrong content. `what` continues the sentence that begins with the key. */
export function invalidObject(key: string, what: string, cause?: unknown): ObjectError {
  return new ObjectError('object_invalid', key, what, {
    hint: 'Check the object in the bucket. Restore an earlier version of it, or delete it.',
    cause,
  });
}

/** Returns the error for an object that OBS does not let us write, or for a folder of which it holds that. */
export function unwritableObject(key: string, cause: PhonevaultError): ObjectError {
  const isDenied = cause.code === 'access_denied';
  return new ObjectError('object_unwritable', key, `cannot be written: ${cause.message}`, {
    hint: isDenied
      ? "Grant the functions' agency obs:object:PutObject for it, and the right to encrypt if the bucket does so with a KMS key."
      : 'It is tried again with growing pauses. If it stays so, check the bucket in the console.',
    retryable: true,
    cause,
  });
}

/** Returns the error for an object that LIST shows and GET does not find. */
export function missingObject(key: string): ObjectError {
  return new ObjectError('object_unreadable', key, 'is listed, but OBS does not find it', {
    hint: 'If it stays so, delete it, or restore an earlier version of it.',
    retryable: true,
  });
}

/** To be called when GET has not found an object. Throws `object_unreadable` when LIST shows it. */
export async function throwIfListed(store: Pick<Store, 'list'>, key: string): Promise<undefined> {
  if (await isListed(store, key)) throw missingObject(key);
  return undefined;
}

/** Reads an object as text; undefined when it is absent. Throws `object_unreadable` when the service does not return this one. */
export async function getObject(
  store: Pick<Store, 'get'>,
  key: string,
): Promise<StoredObject | undefined> {
  try {
    return await store.get(key);
  } catch (error) {
    throw asObjectError(key, error);
  }
}

/** Like `getObject`, but throws `object_unreadable` also for an object that LIST shows and GET does not find. */
export async function getListed(
  store: Pick<Store, 'get' | 'list'>,
  key: string,
): Promise<StoredObject | undefined> {
  return (await getObject(store, key)) ?? throwIfListed(store, key);
}

/** Lists a folder. Throws `object_unreadable` when the service does not list this one. */
export async function listFolder(
  store: Pick<Store, 'list'>,
  folder: string,
): ReturnType<Store['list']> {
  try {
    return await store.list(folder);
  } catch (error) {
    throw asObjectError(folder, error);
  }
}

async function isListed(store: Pick<Store, 'list'>, key: string): Promise<boolean> {
  try {
    return await exists(store, key);
  } catch (error) {
    throw asObjectError(key, error);
  }
}

/** Returns what a write returns. Throws `object_unwritable` when the service does not take this object. */
export async function orUnwritable<T>(key: string, writing: Promise<T>): Promise<T> {
  try {
    return await writing;
  } catch (error) {
    throw mayBeOwn(error) ? unwritableObject(key, error) : error;
  }
}

/** Returns whether an error may concern one object. Refused credentials, throttles and the like concern every call. */
function mayBeOwn(error: unknown): error is PhonevaultError {
  return (
    hasCode(error, 'access_denied') || hasCode(error, 'service') || hasCode(error, 'unreachable')
  );
}

function asObjectError(key: string, error: unknown): unknown {
  if (!mayBeOwn(error)) return error;
  return new ObjectError('object_unreadable', key, `cannot be read: ${error.message}`, {
    hint: hintFor(key, error),
    retryable: true,
    cause: error,
  });
}

function hintFor(key: string, error: PhonevaultError): string {
  const serviceCode = error instanceof ServiceError ? error.serviceCode : undefined;
  if (serviceCode === 'InvalidObjectState') {
    return 'It is in the archive storage class. Restore it in OBS, and let no lifecycle rule move the ledger, or delete it.';
  }
  if (error.code === 'access_denied' && key.endsWith('/')) {
    return "Grant the functions' agency obs:bucket:ListBucket for it.";
  }
  if (error.code === 'access_denied') {
    return (
      "Grant the functions' agency obs:object:GetObject for it. If it is encrypted, grant the right to decrypt with its KMS key. " +
      'If another account has written it, that account must grant the access. Or delete it.'
    );
  }
  return 'It is tried again with growing pauses. If it stays so, restore an earlier version of it, or delete it.';
}
