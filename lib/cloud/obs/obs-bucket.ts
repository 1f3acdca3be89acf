import {
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  HeadBucketCommand,
} from '@aws-sdk/client-s3';
import { hasCode, PhonevaultError, ServiceError } from '../../errors.ts';
import { createObsRun, type ObsOptions } from './obs-run.ts';

/** What kind of bucket it is. All calls throw as those of `Obs` do. */
export type ObsBucket = {
  /**
   * Where it lies and whether it is a parallel file system, as HEAD tells (obs_04_0023); undefined parts were not told.
   * Throws bucket_missing, and setting_invalid for a bucket of another region.
   */
  head(bucket: string): Promise<{ region: string | undefined; isFileSystem: boolean }>;
  /** off: never enabled. suspended: new objects have no versions, old ones keep theirs. */
  versioning(bucket: string): Promise<'enabled' | 'suspended' | 'off'>;
  /** Whether objects may be locked against deletion (WORM, obs_04_0168), and for how long by default. */
  lock(bucket: string): Promise<'off' | { days?: number; years?: number }>;
};

/** Looks at buckets through the S3 interface, with what the S3 client itself does not hand on. */
export function createObsBucket(options: ObsOptions): ObsBucket {
  const run = createObsRun(options);
  return {
    async head(bucket) {
      let headers: Record<string, string> = {};
      await run('HeadBucket', (client) => {
        const command = new HeadBucketCommand({ Bucket: bucket });
        command.middlewareStack.add(
          (next) => async (args) => {
            const answer = await next(args);
            ({ headers } = answer.response as { headers: Record<string, string> });
            return answer;
          },
          { step: 'deserialize' },
        );
        return client.send(command);
      }).catch((error: unknown) => {
        throw headError(error, bucket);
      });
      // So called in S3 mode by the vendor's own SDK, and in the manual of the native mode.
      const region = headers['x-amz-bucket-region'] ?? headers['x-obs-bucket-location'];
      const kind = headers['x-amz-fs-file-interface'] ?? headers['x-obs-fs-file-interface'];
      return { region, isFileSystem: kind === 'Enabled' };
    },

    async versioning(bucket) {
      const { Status } = await run('GetBucketVersioning', (client) =>
        client.send(new GetBucketVersioningCommand({ Bucket: bucket })),
      );
      if (Status === undefined) return 'off';
      return Status === 'Enabled' ? 'enabled' : 'suspended';
    },

    async lock(bucket) {
      try {
        const { ObjectLockConfiguration: lock } = await run(
          'GetObjectLockConfiguration',
          (client) => client.send(new GetObjectLockConfigurationCommand({ Bucket: bucket })),
        );
        if (lock?.ObjectLockEnabled !== 'Enabled') return 'off';
        const { Days: days, Years: years } = lock.Rule?.DefaultRetention ?? {};
        return { ...(days ? { days } : {}), ...(years ? { years } : {}) };
      } catch (error) {
        // OBS says so with 400 InvalidRequest (obs_04_0168), others with 404.
        const isNone = error instanceof ServiceError && error.serviceCode === 'InvalidRequest';
        if (isNone || hasCode(error, 'not_found')) return 'off';
        throw error;
      }
    },
  };
}

/** HEAD has no body that names the error: the status alone tells. */
function headError(error: unknown, bucket: string): unknown {
  if (!(error instanceof ServiceError)) return error;
  if (error.status === 404) {
    return new PhonevaultError('bucket_missing', `there is no bucket ${bucket}`, {
      hint: 'create it in the region of the phones, or correct its name',
      cause: error,
    });
  }
  if (error.status !== 301 && error.status !== 307) return error;
  return new PhonevaultError('setting_invalid', `the bucket ${bucket} lies in another region`, {
    hint: 'CPH exports to buckets of the phones’ region: create one there',
    cause: error,
  });
}
