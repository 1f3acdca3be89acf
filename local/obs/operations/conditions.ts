import type { ObjectRecord } from '../storage/backend.ts';
import type { ByteRange } from '../storage/payload.ts';
import { ObsError, preconditionFailed } from '../wire/error.ts';

/** True if an If-Match list contains the ETag, quoted or not, or `*`. */
export function matchesTag(header: string, etag: string): boolean {
  return header
    .split(',')
    .map((tag) => tag.trim().replace(/^(?:W\/)?"(.*)"$/, '$1'))
    .some((tag) => tag === '*' || tag === etag);
}

/** Checks the conditions of GET and HEAD (RFC 9110, 13.2.2). Throws PreconditionFailed and 304. */
export function checkReadConditions({ headers }: Request, record: ObjectRecord): void {
  const seconds = Math.floor(record.lastModified / 1000) * 1000;
  const ifMatch = headers.get('if-match');
  const ifUnmodified = Date.parse(headers.get('if-unmodified-since') ?? '');
  if (ifMatch === null ? seconds > ifUnmodified : !matchesTag(ifMatch, record.etag)) {
    throw preconditionFailed();
  }
  const ifNoneMatch = headers.get('if-none-match');
  const ifModified = Date.parse(headers.get('if-modified-since') ?? '');
  if (ifNoneMatch === null ? seconds <= ifModified : matchesTag(ifNoneMatch, record.etag)) {
    throw new ObsError(304, 'NotModified', 'Not Modified');
  }
}

/**
 * Returns the bytes that a Range header asks for, `end` included. Undefined means the whole object, also for a malformed
 * header. Throws InvalidRange.
 */
export function rangeOf(header: string | null, size: number): ByteRange | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  const [, first = '', last = ''] = match ?? [];
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < start) return undefined;
  if (start >= size) throw new ObsError(416, 'InvalidRange', 'The range is not satisfiable.');
  return { start, end };
}
