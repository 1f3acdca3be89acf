import { describe, expect, it } from 'vitest';
import type { BucketTraits, ObsCall } from '../../../../local/obs/operations/call.ts';
import { checkAllowed, checkDelete } from '../../../../local/obs/operations/delete-rights.ts';

const DAY = 86_400_000;

/** Deletes an object, or a version of it that was written at 0. */
function remove(
  traits: BucketTraits,
  version?: string,
  now = 0,
  writtenAt: number | undefined = 0,
) {
  const versions = { writtenAt: async () => writtenAt };
  const call = { bucket: 'b', traits, time: { now: () => now }, versions } as unknown as ObsCall;
  return checkDelete(call, 'a/k', version);
}
const refused = { status: 403, code: 'AccessDenied' };

describe('checkDelete', () => {
  it('refuses what the policy of the bucket denies: objects and versions apart', async () => {
    const objects = { denied: [{ action: 'DeleteObject' as const }] };
    await expect(remove(objects)).rejects.toMatchObject(refused);
    await remove(objects, 'v1');
    const versions = { denied: [{ action: 'DeleteObjectVersion' as const }] };
    await expect(remove(versions, 'v1')).rejects.toMatchObject(refused);
    await remove(versions);
  });

  it.each([
    [{ days: 2 }, 2 * DAY],
    [{ years: 1 }, 365 * DAY],
  ])('refuses a version under a lock of %j until it ends', async (lock, until) => {
    await expect(remove({ lock }, 'v1', until - 1)).rejects.toMatchObject(refused);
    await remove({ lock }, 'v1', until);
  });

  it('lets an object under a lock be hidden, and an unknown version be deleted', async () => {
    await remove({ lock: { days: 2 } });
    const versions = { writtenAt: async () => undefined };
    const call = { traits: { lock: { days: 2 } }, time: { now: () => 0 }, versions };
    await checkDelete(call as unknown as ObsCall, 'a/k', 'v1');
  });
});

describe('checkAllowed', () => {
  it('denies keys that hold a part, with the given status and code', () => {
    const rule = { action: 'DeleteObject', keys: 'a/', status: 405, code: 'MethodNotAllowed' };
    const traits = { denied: [rule] } as BucketTraits;
    const denied = expect.objectContaining({ status: 405, code: 'MethodNotAllowed' }) as Error;
    expect(() => checkAllowed(traits, 'DeleteObject', 'a/k')).toThrow(denied);
    expect(() => checkAllowed(traits, 'DeleteObject', 'b/k')).not.toThrow();
    expect(() => checkAllowed(traits, 'GetObject', 'a/k')).not.toThrow();
    expect(() => checkAllowed({}, 'DeleteObject')).not.toThrow();
  });
});
