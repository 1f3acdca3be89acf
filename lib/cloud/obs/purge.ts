import { HeadObjectCommand } from '@aws-sdk/client-s3';
import pLimit from 'p-limit';
import { hasCode } from '../../errors.ts';
import { readVersioning } from './bucket.ts';
import { absentAsUndefined, type ObsCall } from './call.ts';
import type { ObsCode } from './errors.ts';
import { type RefusedDelete, removeObjects, type Target } from './remove.ts';

/** Whether a bucket keeps versions; unknown when it does not say, or may not be asked. */
type Versioning = 'on' | 'off' | 'unknown';

/** `refused` has the keys that stay. An object that is only hidden by a delete marker stays: code `delete_marker`. */
export type Purged = { refused: RefusedDelete[]; versioning: Versioning };

const HEADS_AT_ONCE = 8;
/** An object that was overwritten has several versions. */
const MAX_VERSIONS = 3;
const OLDER_VERSIONS: ObsCode = 'older_versions';

/**
 * Returns how to delete objects for good. In a bucket with versions a plain DELETE frees nothing, so each version is deleted by
 * its id (obs_04_0085: `obs:object:DeleteObjectVersion`). Each bucket is asked once whether it keeps versions.
 */
export function createPurge(call: ObsCall): (bucket: string, keys: string[]) => Promise<Purged> {
  const known = new Map<string, Versioning>();

  const versioningOf = async (bucket: string): Promise<Versioning> => {
    const versioning = known.get(bucket) ?? (await askVersioning(call, bucket));
    known.set(bucket, versioning);
    return versioning;
  };

  return async (bucket, keys) => {
    if (keys.length === 0) return { refused: [], versioning: 'off' };
    const versioning = await versioningOf(bucket);
    const refused =
      versioning === 'on'
        ? await removeVersions(call, bucket, keys)
        : await removeObjects(
            call,
            bucket,
            keys.map((key) => ({ key })),
            { markersStay: true },
          );
    return { refused, versioning };
  };
}

/** Once it was enabled a bucket keeps the versions that it has, also while it is suspended. */
async function askVersioning(call: ObsCall, bucket: string): Promise<Versioning> {
  try {
    return (await readVersioning(call, bucket)) === 'off' ? 'off' : 'on';
  } catch (error) {
    const isRefused = hasCode(error, 'service') && !error.retryable;
    if (!isRefused && !hasCode(error, 'access_denied') && !hasCode(error, 'not_found')) throw error;
    return 'unknown';
  }
}

async function removeVersions(
  call: ObsCall,
  bucket: string,
  keys: string[],
): Promise<RefusedDelete[]> {
  const refused: RefusedDelete[] = [];
  let left = keys;
  for (let round = 0; ; round += 1) {
    const found = await findVersions(call, bucket, left, refused);
    if (found.length === 0) return refused;
    if (round === MAX_VERSIONS) {
      return [...refused, ...found.map(({ key }) => ({ key, code: OLDER_VERSIONS }))];
    }
    const kept = await removeObjects(call, bucket, found, {});
    refused.push(...kept);
    const stays = new Set(kept.map(({ key }) => key));
    left = found.map(({ key }) => key).filter((key) => !stays.has(key));
  }
}

/** Returns the present versions of keys. Adds the keys that may not be looked up to `refused`. */
async function findVersions(
  call: ObsCall,
  bucket: string,
  keys: string[],
  refused: RefusedDelete[],
): Promise<Target[]> {
  const limit = pLimit(HEADS_AT_ONCE);
  const versionOf = async (key: string): Promise<Target | undefined> => {
    try {
      const head = await call('HeadObject', (client) =>
        client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })),
      ).catch(absentAsUndefined);
      // An object from before versioning, or while it is suspended, has the version "null", which HEAD may leave out.
      return head && { key, versionId: head.VersionId || 'null' };
    } catch (error) {
      if (!hasCode(error, 'access_denied')) throw error;
      refused.push({ key, code: 'AccessDenied' });
      return undefined;
    }
  };
  const found = await Promise.all(keys.map((key) => limit(() => versionOf(key))));
  return found.filter((target) => target !== undefined);
}
