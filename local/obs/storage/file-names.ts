import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Holds the objects whose key cannot be a path; the file name is the SHA-256 of the key. */
export const HASHED_FOLDER = '.hashed';

const MAX_SEGMENT = 200;
const MAX_PATH = 1_000;

/** Returns the file of a key in its bucket's folder; undefined if the key cannot be a relative path. */
export function plainFile(bucket: string, key: string): string | undefined {
  if (Buffer.byteLength(key) > MAX_PATH) return undefined;
  return key.split('/').every(isPlainSegment) ? join(bucket, key) : undefined;
}

/** Returns the file of any other key (`..`, `a//b`, too long, or equal to the name of a folder). */
export function hashedFile(bucket: string, key: string): string {
  return join(HASHED_FOLDER, bucket, createHash('sha256').update(key).digest('hex'));
}

/** Returns the same text for names that some file systems treat as equal (case, composed letters). */
export function foldFile(file: string): string {
  return file.normalize('NFC').toLowerCase();
}

function isPlainSegment(segment: string): boolean {
  return (
    segment !== '' &&
    Buffer.byteLength(segment) <= MAX_SEGMENT &&
    !/[\\:*?"<>|\p{Cc}]|^\.\.?$|[. ]$/u.test(segment)
  );
}
