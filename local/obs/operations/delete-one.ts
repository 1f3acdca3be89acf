import type { ObsCall } from './call.ts';
import { checkDelete } from './delete-rights.ts';

/** `isMarker`: a delete marker was written, or was itself deleted. */
export type Deleted = { markerId?: string; versionId?: string; isMarker: boolean };

/** Deletes an object, or one of its versions. Throws AccessDenied. */
export function deleteOne(
  call: ObsCall,
  key: string,
  versionId: string | undefined,
): Promise<Deleted> {
  const { bucket, serially, versions } = call;
  return serially(`${bucket}/${key}`, async () => {
    await checkDelete(call, key, versionId);
    if (versionId === undefined) {
      const { markerId } = await versions.remove(bucket, key);
      return markerId === undefined ? { isMarker: false } : { markerId, isMarker: true };
    }
    const { wasMarker } = await versions.removeVersion(bucket, key, versionId);
    return { versionId, isMarker: wasMarker };
  });
}
