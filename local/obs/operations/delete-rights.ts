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
  if (versionId === undefined || traits.lock === undefined) return;
  const { days = 0, years = 0 } = traits.lock;
  const writtenAt = await versions.writtenAt(bucket, key, versionId);
  if (writtenAt === undefined || time.now() >= writtenAt + days * DAY + years * YEAR) return;
  throw new ObsError(403, 'AccessDenied', 'The object version is protected by WORM.');
}

/** Throws when the bucket's policy denies the action. */
export function checkAllowed({ denied = [] }: ObsCall['traits'], action: string, key = ''): void {
  const rule = denied.find((one) => one.action === action && key.includes(one.keys ?? ''));
  if (rule === undefined) return;
  const { status = 403, code = 'AccessDenied' } = rule;
  throw new ObsError(status, code, `The policy of the bucket denies ${action}.`);
}
