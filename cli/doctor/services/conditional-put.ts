import type { Obs } from '../../../lib/cloud/obs/obs.ts';
import { failed, ok, type Verdict, verdictOf } from '../finding.ts';

const TEXT = {
  exists: 'honoured: of two drives at once one takes the lease',
  written: 'ignored: who takes the lease waits 2 s and reads back who won',
  unsupported: 'refused: who takes the lease waits 2 s and reads back who won',
} as const;

/**
 * Writes an object twice on condition that it is not there, deletes it and makes sure that it is gone. Proves the rights to
 * write and delete in the ledger too.
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
    // The second differs, so that a repeat of the first cannot be taken for it.
    const second = await obs.put(bucket, key, '{"probe":22}', { ifNoneMatch: true });
    wrote ||= second.outcome === 'written';
    verdict =
      first.outcome === 'exists'
        ? failed(
            `a new key was refused as one that exists`,
            'run it again; report it if it persists',
          )
        : ok(TEXT[second.outcome]);
  } catch (error) {
    verdict = verdictOf(error, 'obs:object:PutObject below the ledger’s prefix');
    // Whether a lost write was carried out is not known: look and delete all the same.
    wrote = true;
  }
  if (!wrote) return verdict;
  const litter = await removeProbe(obs, bucket, key);
  return litter === undefined || verdict.outcome === 'failed' ? verdict : litter;
}

/** Deletes a probe object; undefined when it is gone for sure. */
export async function removeProbe(
  obs: Pick<Obs, 'head' | 'remove'>,
  bucket: string,
  key: string,
): Promise<Verdict | undefined> {
  const where = `obs://${bucket}/${key}`;
  try {
    if ((await obs.head(bucket, key)) === undefined) return undefined;
    await obs.remove(bucket, [key]);
    if ((await obs.head(bucket, key)) === undefined) return undefined;
    return failed(`${where} was deleted and is still there`, `delete ${where} by hand`);
  } catch (error) {
    const { message, fix } = verdictOf(error, 'obs:object:DeleteObject');
    return failed(`${where} is left over: ${message}`, `${fix ?? ''}; delete ${where} by hand`);
  }
}
