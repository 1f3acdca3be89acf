import type { ObsBucket } from '../../../lib/cloud/obs/bucket.ts';
import { hasCode } from '../../../lib/errors.ts';
import { ok, unknown, type Verdict, verdictOf, warning } from '../finding/finding.ts';

const LIFECYCLE = 'give the bucket a lifecycle rule that expires old versions';

/** Checks whether deleted and overwritten objects free their space in a bucket. */
export async function checkVersioning(
  obs: Pick<ObsBucket, 'versioning' | 'lock'>,
  bucket: string,
): Promise<Verdict> {
  const [versions, lock] = await Promise.all([
    obs.versioning(bucket).catch((error: unknown) => unreadable(error, 'GetBucketVersioning')),
    obs
      .lock(bucket)
      .catch((error: unknown) => unreadable(error, 'GetBucketObjectLockConfiguration')),
  ]);
  if (typeof lock === 'object' && !('outcome' in lock)) {
    const { days, years } = lock;
    const time = days ? `${days} days` : years ? `${years} years` : undefined;
    return time === undefined
      ? warning(
          'object lock is enabled without a default: deleted objects stay as old versions',
          LIFECYCLE,
        )
      : warning(
          `object lock keeps every object for ${time}: nothing can be deleted before, not even leases and caches, and you pay for all of it`,
          'keep the ledger in a bucket without a lock; for archives choose the time that you want to pay for',
        );
  }
  if (versions === 'enabled') {
    return warning(
      'versioning is enabled: overwritten and deleted objects stay as old versions, and you pay for them. Superseded archives are deleted by version',
      `${LIFECYCLE}; grant the functions obs:bucket:GetBucketVersioning and obs:object:DeleteObjectVersion`,
    );
  }
  if (typeof versions === 'object') return versions;
  if (typeof lock === 'object') return lock;
  return ok(
    versions === 'off'
      ? 'no versioning, no object lock: deleted objects are gone'
      : 'versioning is suspended, no object lock: new objects are deleted for good',
  );
}

function unreadable(error: unknown, right: string): Verdict {
  const { message, fix } = verdictOf(error, `obs:bucket:${right}`);
  // Backups work without this permission: the finding stays unknown.
  return unknown(hasCode(error, 'access_denied') ? `cannot be read: ${message}` : message, fix);
}
