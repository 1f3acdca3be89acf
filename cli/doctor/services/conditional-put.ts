import type { Obs } from '../../../lib/cloud/obs/obs.ts';
import { failed, ok, type Verdict, verdictOf } from '../finding/finding.ts';

const TEXT = {
  exists: 'supported: of two drives at the same time only one gets the lease',
  written: 'ignored: a drive takes the lease, waits 2 s and reads back who got it',
  unsupported: 'refused: a drive takes the lease, waits 2 s and reads back who got it',
} as const;

/**
 * Writes an object twice on the condition that it does not exist, then deletes it and checks that it is gone. This also
 * tests the permissions to write and delete in the ledger.
 */
export async function checkConditionalPut(
  obs: Pick<Obs, 'put' | 'head' | 'remove'>,
  bucket: string,
  key: string,
): Promise<Verdict> {
  let wrote = false;
  let verdict: Verdict;
  try {
    const first = await obs.put(bucket, key, '{"probe":1}', { ifNoneMatch: true });
    wrote = first.outcome === 'written';
    // The second body differs, so that a repeated first request is not mistaken for it.
    const second = await obs.put(bucket, key, '{"probe":22}', { ifNoneMatch: true });
    wrote ||= second.outcome === 'written';
    verdict =
      first.outcome === 'exists'
        ? failed(
            `a new key was refused as an existing one`,
            'run it again; report it if it persists',
          )
        : ok(TEXT[second.outcome]);
  } catch (error) {
    verdict = verdictOf(error, 'obs:object:PutObject below the ledger’s prefix');
    // A lost write may have been carried out: delete the object anyway.
    wrote = true;
  }
  if (!wrote) return verdict;
  const leftover = await removeProbe(obs, bucket, key);
  return leftover === undefined || verdict.outcome === 'failed' ? verdict : leftover;
}

/** Deletes the object as the ledger does. Returns undefined when it is gone, else a failed verdict. */
async function removeProbe(
  obs: Pick<Obs, 'head' | 'remove'>,
  bucket: string,
  key: string,
): Promise<Verdict | undefined> {
  const where = `obs://${bucket}/${key}`;
  try {
    if ((await obs.head(bucket, key)) === undefined) return undefined;
    const [refused] = await obs.remove(bucket, [key]);
    if (refused !== undefined) {
      return failed(
        `${where} could not be deleted: ${refused.code}`,
        `grant these credentials obs:object:DeleteObject; delete ${where} yourself`,
      );
    }
    if ((await obs.head(bucket, key)) === undefined) return undefined;
    return failed(`${where} still exists after its deletion`, `delete ${where} yourself`);
  } catch (error) {
    const { message, fix } = verdictOf(error, 'obs:object:DeleteObject');
    return failed(
      `${where} could not be deleted: ${message}`,
      `${fix ?? ''}; delete ${where} yourself`,
    );
  }
}
