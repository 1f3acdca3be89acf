import { createHash } from 'node:crypto';
import { join } from 'node:path';

const MAX_SEGMENT = 200;
const MAX_PATH = 1_000;

/** The file of a key below its bucket's folder, when the key can be a relative path as it is. */
export function plainFile(bucket: string, key: string): string | undefined {
  if (Buffer.byteLength(key) > MAX_PATH) return undefined;
  return key.split('/').every(isPlainSegment) ? join(bucket, key) : undefined;
}

/** The file of any other key (`..`, `a//b`, too long, next to a folder of its name). */
export function oddFile(bucket: string, key: string): string {
  return join('.odd', bucket, createHash('sha256').update(key).digest('hex'));
}

/** Equal for names that some file systems cannot tell apart (case, composed letters). */
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
