import type { ObsBucket } from '../../../lib/cloud/obs/bucket.ts';
import type { Obs } from '../../../lib/cloud/obs/obs.ts';
import { PhonevaultError } from '../../../lib/errors.ts';
import { failed, type Verdict, verdictOf, warning } from '../finding/finding.ts';

export type ProbeDeps = {
  obs: Pick<Obs, 'head' | 'purge'>;
  buckets: Pick<ObsBucket, 'lock'>;
};

/**
 * Deletes a probe as drive deletes archives: by its version where the bucket keeps versions. Returns undefined when it is gone,
 * else a verdict that names what stays: a warning under a lock (WORM), failed otherwise.
 */
export async function purgeProbe(
  { obs, buckets }: ProbeDeps,
  bucket: string,
  key: string,
): Promise<Verdict | undefined> {
  const where = `obs://${bucket}/${key}`;
  try {
    if ((await obs.head(bucket, key)) === undefined) return undefined;
  } catch (error) {
    return stays(where, verdictOf(error, 'obs:object:GetObject'));
  }
  try {
    const { refused, versioning } = await obs.purge(bucket, [key]);
    const code = refused[0]?.code;
    if (code === undefined) {
      const isThere = (await obs.head(bucket, key)) !== undefined;
      return isThere ? failed(`${where} still exists after its deletion`, BY_HAND) : undefined;
    }
    const time = code === 'AccessDenied' ? await lockTime(buckets, bucket) : undefined;
    if (time !== undefined) {
      const text = `${where} could not be deleted: the bucket locks every object for ${time}`;
      return warning(text, 'delete it yourself after that time; superseded archives stay as long');
    }
    return stays(where, failed(code, fixOf(code, versioning)));
  } catch (error) {
    return stays(where, verdictOf(error, 'obs:object:DeleteObject'));
  }
}

const BY_HAND = 'delete what stays yourself';

const stays = (where: string, { message, fix = '' }: Verdict): Verdict =>
  failed(`${where} could not be deleted: ${message}`, `${fix}; ${BY_HAND}`);

function fixOf(code: string, versioning: 'on' | 'off' | 'unknown'): string {
  const right = {
    on: 'obs:object:DeleteObjectVersion: the bucket keeps versions',
    off: 'obs:object:DeleteObject',
    unknown: 'obs:object:DeleteObject and obs:bucket:GetBucketVersioning',
  }[versioning];
  switch (code) {
    case 'AccessDenied':
      return `grant these credentials and the functions’ agency ${right}, and look for a bucket policy that denies it`;
    case 'delete_marker':
      return 'the object is only hidden by a delete marker: grant these credentials and the functions’ agency obs:bucket:GetBucketVersioning and obs:object:DeleteObjectVersion';
    default:
      return 'use a plain object bucket that allows deletion';
  }
}

/** Returns how long the bucket locks new objects by default; undefined when it does not, or does not say. */
async function lockTime(
  buckets: ProbeDeps['buckets'],
  bucket: string,
): Promise<string | undefined> {
  try {
    const lock = await buckets.lock(bucket);
    if (lock === 'off') return undefined;
    const { days, years } = lock;
    return days ? `${days} days` : years ? `${years} years` : undefined;
  } catch (error) {
    if (error instanceof PhonevaultError) return undefined;
    throw error;
  }
}
