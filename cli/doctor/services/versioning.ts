import type { ObsBucket } from '../../../lib/cloud/obs/obs-bucket.ts';
import { hasCode } from '../../../lib/errors.ts';
import { ok, unknown, type Verdict, verdictOf, warning } from '../finding.ts';

const LIFECYCLE = 'give the bucket a lifecycle rule that expires old versions';

/** Whether deleting and overwriting really free anything in a bucket. */
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
          'object lock is enabled, without a default: what is deleted stays as an old version',
          LIFECYCLE,
        )
      : warning(
          `object lock keeps every object for ${time}: nothing can be deleted before, leases and caches neither, and all of it is paid for`,
          'keep the ledger in a bucket without a lock; for archives set the time that you want to pay for',
        );
  }
  if (versions === 'enabled') {
    return warning(
      'versioning is enabled: what is overwritten or deleted stays as an old version and is paid for',
      LIFECYCLE,
    );
  }
  if (typeof versions === 'object') return versions;
  if (typeof lock === 'object') return lock;
  return ok(
    versions === 'off'
      ? 'no versions, no object lock: what is deleted is gone'
      : 'versioning is suspended, no object lock: new objects are deleted for good',
  );
}

function unreadable(error: unknown, right: string): Verdict {
  const { message, fix } = verdictOf(error, `obs:bucket:${right}`);
  // Backups do not need to know: without the right it stays open.
  return unknown(hasCode(error, 'access_denied') ? `may not be read: ${message}` : message, fix);
}
