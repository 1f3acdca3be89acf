import type { ObjectInfo } from '../../../cloud/obs/list.ts';
import type { RunDeps } from '../../deps.ts';

/** A tar file ends with two blocks of zeros. A file of this size or smaller holds nothing. */
const TAR_END_BYTES = 1024;

/** Returns whether an archive of this size (bytes) can hold a file. */
export function isPlausible(size: number): boolean {
  return size > TAR_END_BYTES;
}

/** Returns whether an object is a whole tar file: it ends with two blocks of zeros. */
export async function endsAsTar(
  deps: Pick<RunDeps, 'archives'>,
  bucket: string,
  found: ObjectInfo,
): Promise<boolean> {
  if (!isPlausible(found.size) || found.size % 512 !== 0) return false;
  const tail = await deps.archives.tail(bucket, found.key, TAR_END_BYTES);
  return tail?.length === TAR_END_BYTES && tail.every((byte) => byte === 0);
}
