import type { ObsBucket } from '../../../lib/cloud/obs/bucket.ts';
import { failed, ok, type Verdict, verdictOf, warning } from '../finding/finding.ts';

/** Checks that a bucket exists in the region and is a plain object bucket. */
export async function checkBucket(
  obs: Pick<ObsBucket, 'head'>,
  bucket: string,
  region: string,
): Promise<Verdict> {
  try {
    const { region: where, isFileSystem } = await obs.head(bucket);
    if (where !== undefined && where !== region) {
      return failed(
        `is in ${where}, but the phones are in ${region}`,
        `create a bucket in ${region}: CPH exports to buckets of the phones’ region`,
      );
    }
    if (isFileSystem) {
      return failed(
        'is a parallel file system',
        'create a plain object bucket: a file system refuses some writes and has no versions',
      );
    }
    return where === undefined
      ? warning('exists, but OBS does not return its region', `make sure that it is in ${region}`)
      : ok(`a plain object bucket in ${where}`);
  } catch (error) {
    return verdictOf(error, 'obs:bucket:HeadBucket');
  }
}
