import { createHash, type Hash } from 'node:crypto';
import type { Obs } from '../../cloud/obs/obs.ts';
import { hasCode, PhonevaultError, ServiceError } from '../../errors.ts';

const PART_BYTES = 8 * 1024 * 1024;

/** An archive as it was verified. */
export type StoredArchive = { bucket: string; key: string; size: number; etag: string };

/** Bytes that are at hand already, from the first byte on. */
type Known = { size: number; bytes: AsyncIterable<Uint8Array> };

type Options = {
  known?: Known;
  /** Begins at this byte. Then the bytes are not compared with the ETag. */
  from?: number;
  /** Gets each part that was read from the bucket, before it is returned. */
  onPart?: (bytes: Uint8Array) => Promise<void>;
};

/**
 * Yields all bytes of an archive, in parts of 8 MiB: at most three are in memory. Throws `archive_changed` when the object is not
 * the one that was verified, `not_found` when it does not exist.
 */
export async function* readArchive(
  archives: Pick<Obs, 'range'>,
  archive: StoredArchive,
  { known, from = 0, onPart }: Options = {},
): AsyncGenerator<Uint8Array> {
  const md5 = createHash('md5');
  for await (const bytes of known?.bytes ?? []) {
    md5.update(bytes);
    yield bytes;
  }
  let encrypted = false;
  let start = known?.size ?? from;
  if (start >= archive.size) ({ encrypted } = await lastByte(archives, archive));
  let next = part(archives, archive, start);
  while (next !== undefined) {
    const { bytes, ...facts } = await next;
    start += bytes.length;
    next = part(archives, archive, start);
    // It is awaited in the next turn; until then a failure is not unhandled.
    next?.catch(() => undefined);
    md5.update(bytes);
    encrypted ||= facts.encrypted;
    await onPart?.(bytes);
    yield bytes;
  }
  if (!encrypted && from === 0) checkDigest(archive, md5);
}

/** Nothing is left to read, but only the bucket knows whether the object is still the same. */
function lastByte(archives: Pick<Obs, 'range'>, archive: StoredArchive): ReturnType<Obs['range']> {
  return read(archives, archive, { start: archive.size - 1, length: 1 });
}

function part(
  archives: Pick<Obs, 'range'>,
  archive: StoredArchive,
  start: number,
): ReturnType<Obs['range']> | undefined {
  const length = Math.min(PART_BYTES, archive.size - start);
  return length <= 0 ? undefined : read(archives, archive, { start, length });
}

async function read(
  archives: Pick<Obs, 'range'>,
  { bucket, key, etag }: StoredArchive,
  range: { start: number; length: number },
): ReturnType<Obs['range']> {
  return archives.range(bucket, key, { etag, ...range }).catch((error: unknown) => {
    throw readError(key, error);
  });
}

function readError(key: string, error: unknown): unknown {
  if (hasCode(error, 'conflict')) {
    return changed(key, 'its ETag is no longer the one that was verified', error);
  }
  if (hasCode(error, 'not_found')) {
    return new PhonevaultError('not_found', `the archive ${key} does not exist any more`, {
      hint: '`phonevault archives check` lists all archives that are missing; take an older one with --at',
      cause: error,
    });
  }
  if (error instanceof ServiceError && error.serviceCode === 'InvalidObjectState') {
    return new PhonevaultError('access_denied', `the archive ${key} is in a cold storage class`, {
      hint: '`phonevault archives get PHONE --thaw expedited` makes it readable first (minutes), `--thaw standard` costs less (hours)',
      cause: error,
    });
  }
  return error;
}

/** The ETag is the MD5 of the content, unless the object was uploaded in parts or encrypted. */
function checkDigest({ key, etag }: StoredArchive, md5: Hash): void {
  const isDigest = /^[0-9a-f]{32}$/.test(etag);
  if (isDigest && md5.digest('hex') !== etag) throw changed(key, 'its bytes do not match its ETag');
}

function changed(key: string, how: string, cause?: unknown): PhonevaultError {
  return new PhonevaultError('archive_changed', `the archive ${key} has changed: ${how}`, {
    hint: 'do not rely on it: take an older one with --at, and find out who writes to the bucket',
    cause,
  });
}
