import {
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  HeadBucketCommand,
} from '@aws-sdk/client-s3';
import { hasCode, PhonevaultError, ServiceError } from '../../errors.ts';
import { createObsCall, type ObsCall, type ObsOptions } from './call.ts';

/** The properties of a bucket. All calls throw the errors of `Obs`. */
export type ObsBucket = {
  /**
   * The bucket's region, undefined when the service does not say, and whether it is a parallel file system (obs_04_0023).
   * Throws bucket_missing, and setting_invalid for a bucket of another region.
   */
  head(bucket: string): Promise<{ region: string | undefined; isFileSystem: boolean }>;
  /** off: never enabled. suspended: new objects have no versions, old ones keep theirs. */
  versioning(bucket: string): Promise<'enabled' | 'suspended' | 'off'>;
  /** Whether objects may be locked against deletion (WORM, obs_04_0168), and for how long by default. */
  lock(bucket: string): Promise<'off' | { days?: number; years?: number }>;
};

/** Returns a client that reads buckets through the S3 interface, response headers included. */
export function createObsBucket(options: ObsOptions): ObsBucket {
  const call = createObsCall(options);
  return {
    async head(bucket) {
      let headers: Record<string, string> = {};
      await call('HeadBucket', (client) => {
        const command = new HeadBucketCommand({ Bucket: bucket });
        command.middlewareStack.add(
          (next) => async (args) => {
            const result = await next(args);
            ({ headers } = result.response as { headers: Record<string, string> });
            return result;
          },
          { step: 'deserialize' },
        );
        return client.send(command);
      }).catch((error: unknown) => {
        throw headError(error, bucket);
      });
      // The first name is from the vendor's SDK in S3 mode, the second from the manual of the native mode.
      const region = headers['x-amz-bucket-region'] ?? headers['x-obs-bucket-location'];
      const kind = headers['x-amz-fs-file-interface'] ?? headers['x-obs-fs-file-interface'];
      return { region, isFileSystem: kind === 'Enabled' };
    },

    versioning: (bucket) => readVersioning(call, bucket),

    async lock(bucket) {
      try {
        const { ObjectLockConfiguration: lock } = await call(
          'GetObjectLockConfiguration',
          (client) => client.send(new GetObjectLockConfigurationCommand({ Bucket: bucket })),
        );
        if (lock?.ObjectLockEnabled !== 'Enabled') return 'off';
        const { Days: days, Years: years } = lock.Rule?.DefaultRetention ?? {};
        return { ...(days ? { days } : {}), ...(years ? { years } : {}) };
      } catch (error) {
        // Without a lock OBS responds with 400 InvalidRequest (obs_04_0168), other stores with 404.
        const isNone = error instanceof ServiceError && error.serviceCode === 'InvalidRequest';
        if (isNone || hasCode(error, 'not_found')) return 'off';
        throw error;
      }
    },
  };
}

/** Returns whether a bucket keeps versions. Throws as `ObsBucket.versioning`. */
export async function readVersioning(
  call: ObsCall,
  bucket: string,
): Promise<'enabled' | 'suspended' | 'off'> {
  const { Status } = await call('GetBucketVersioning', (client) =>
    client.send(new GetBucketVersioningCommand({ Bucket: bucket })),
  );
  if (Status === undefined) return 'off';
  return Status === 'Enabled' ? 'enabled' : 'suspended';
}

/** HEAD has no body with an error code, so only the status is known. */
function headError(error: unknown, bucket: string): unknown {
  if (!(error instanceof ServiceError)) return error;
  if (error.status === 404) {
    return new PhonevaultError('bucket_missing', `bucket ${bucket} does not exist`, {
      hint: 'create it in the region of the phones, or fix its name',
      cause: error,
    });
  }
  if (error.status !== 301 && error.status !== 307) return error;
  return new PhonevaultError('setting_invalid', `bucket ${bucket} is in another region`, {
    hint: 'CPH exports only to buckets in the region of the phones: create one there',
    cause: error,
  });
}
