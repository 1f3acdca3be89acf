import { ObsError } from '../wire/error.ts';
import type { ObsCall } from './call.ts';

const DAY = 24 * 60 * 60_000;
const YEAR = 365 * DAY;

/**
 * Throws what the bucket refuses a delete of `key` with: its policy (`traits.denied`), or a version that is locked
 * (obs_04_0168). A lock refuses no delete without a version: that leaves the version where it is.
 */
export async function checkDelete(
  { bucket, traits, time, versions }: ObsCall,
  key: string,
  versionId: string | undefined,
): Promise<void> {
  const action = versionId === undefined ? 'DeleteObject' : 'DeleteObjectVersion';
  checkAllowed(traits, action, key);
  if (versionId === undefined) return;
  const writtenAt = await versions.writtenAt(bucket, key, versionId);
  if (writtenAt === undefined || time.now() >= (lockEnd(traits, writtenAt) ?? 0)) return;
  throw new ObsError(403, 'AccessDenied', 'The object version is protected by WORM.');
}

/** Returns until when a version is locked that was written at some time (epoch ms); undefined without a lock. */
export function lockEnd({ lock }: ObsCall['traits'], writtenAt: number): number | undefined {
  const { days = 0, years = 0 } = lock ?? {};
  return days + years === 0 ? undefined : writtenAt + days * DAY + years * YEAR;
}

/** Throws when the bucket's policy denies the action. */
export function checkAllowed({ denied = [] }: ObsCall['traits'], action: string, key = ''): void {
  const rule = denied.find((one) => one.action === action && key.includes(one.keys ?? ''));
  if (rule === undefined) return;
  const { status = 403, code = 'AccessDenied' } = rule;
  throw new ObsError(status, code, `The policy of the bucket denies ${action}.`);
}
