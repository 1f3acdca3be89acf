import { type HeadObjectCommandOutput, RestoreObjectCommand } from '@aws-sdk/client-s3';
import { ServiceError } from '../../../errors.ts';
import type { ObsCall } from '../call.ts';
import { isCold, type ObjectInfo } from '../list.ts';

/** How fast a cold object becomes readable: COLD in 1 to 5 minutes or in 3 to 5 hours, DEEP_ARCHIVE later (obs_04_0087). */
type ThawTier = 'expedited' | 'standard';

export type ThawOrder = {
  /** How long the object then stays readable: 1 to 30. */
  days: number;
  tier: ThawTier;
};

/** What says that there is nothing to do (error list of OBS). */
const DONE = new Set(['RestoreAlreadyInProgress', 'ObjectHasAlreadyRestored']);

/**
 * Asks OBS to make a cold object readable, or to keep it readable longer. Returns before it is: HEAD tells. Repeating it changes
 * nothing. An object that is not cold is refused with the code `InvalidObjectState`.
 */
export async function restoreObject(
  call: ObsCall,
  bucket: string,
  key: string,
  { days, tier }: ThawOrder,
): Promise<void> {
  const Tier = tier === 'expedited' ? 'Expedited' : 'Standard';
  try {
    await call('RestoreObject', (client) =>
      client.send(
        new RestoreObjectCommand({
          ...{ Bucket: bucket, Key: key },
          RestoreRequest: { Days: days, GlacierJobParameters: { Tier } },
        }),
      ),
    );
  } catch (error) {
    const code = error instanceof ServiceError ? error.serviceCode : undefined;
    if (code === undefined || !DONE.has(code)) throw error;
  }
}

/** Returns what HEAD says of a cold object; nothing for others. */
export function thawFields({
  StorageClass,
  Restore = '',
}: HeadObjectCommandOutput): Pick<ObjectInfo, 'cold' | 'thawing' | 'readableUntil'> {
  if (!isCold(StorageClass)) return {};
  if (Restore.includes('ongoing-request="true"')) return { cold: true, thawing: true };
  if (!Restore.includes('ongoing-request="false"')) return { cold: true };
  const until = Date.parse(/expiry-date="([^"]+)"/.exec(Restore)?.[1] ?? '');
  return Number.isNaN(until) ? {} : { readableUntil: until };
}
