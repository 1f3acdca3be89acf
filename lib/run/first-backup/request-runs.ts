import { sha256hex } from '../../ledger/store/digest.ts';
import { layout } from '../../ledger/store/layout.ts';
import { lastArchives } from '../../ledger/catalogue/last-archives.ts';
import { putRequest } from '../../ledger/run/request.ts';
import { hasSettled } from '../../ledger/run/settled/has-settled.ts';
import { exists } from '../../ledger/store/store.ts';
import { requestRunId } from '../../policy/keys/run-id.ts';
import type { RunDeps } from '../deps.ts';
import { LeaseLost } from '../../errors.ts';
import type { FirstBackupRequest } from './decide.ts';

const PHONES_A_RUN = 1000;
/** CPH's clock may differ from ours. */
const CLOCKS_DIFFER_MS = 60 * 60_000;

/**
 * Requests first backups, in runs of up to 1,000 phones. The run id depends only on the policy, the phones and their
 * generations. A new phone that already has an archive of the policy is skipped: archives from before its creation, `createdAt`
 * (epoch ms), are not searched. Returns how many runs were requested. Throws LeaseLost, before any request, when another drive
 * holds the lease.
 */
export async function requestFirstBackups(
  deps: Pick<RunDeps, 'store' | 'log'>,
  requests: FirstBackupRequest[],
  stillHeld: () => Promise<boolean>,
  createdAt: (phoneId: string) => number = () => 0,
): Promise<number> {
  let count = 0;
  for (const { policy, phones } of requests) {
    const since = [...phones]
      .filter(([, generation]) => generation === 0)
      .map(([id]) => [id, createdAt(id) - CLOCKS_DIFFER_MS] as const);
    const { archives } = await lastArchives(deps.store, policy, new Map(since));
    const left = [...phones].filter(([id]) => !archives.has(id));
    left.sort(([a], [b]) => (a < b ? -1 : 1));
    if (left.length > 0 && !(await stillHeld()))
      throw new LeaseLost('another drive holds the lease: no first backup was requested');
    for (let from = 0; from < left.length; from += PHONES_A_RUN) {
      if (await requestOnce(deps, policy, left.slice(from, from + PHONES_A_RUN))) count += 1;
    }
  }
  return count;
}

/** Returns false when the run was requested before. */
async function requestOnce(
  deps: Pick<RunDeps, 'store' | 'log'>,
  policy: string,
  phones: (readonly [string, number])[],
): Promise<boolean> {
  const token = phones.map(([id, generation]) => `${id}@${generation}`).join(' ');
  const run_id = requestRunId(policy, `provisioned ${token}`, sha256hex);
  if (await hasSettled(deps.store, run_id)) return false;
  if (await exists(deps.store, layout.request(run_id))) return false;
  await putRequest(deps.store, {
    run_id,
    policy,
    trigger: 'provisioned',
    phones: phones.map(([id]) => id),
  });
  deps.log.info('requested', {
    run: run_id,
    policy,
    trigger: 'provisioned',
    phones: phones.length,
  });
  return true;
}
