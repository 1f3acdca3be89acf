import { sha256hex } from '../../ledger/store/digest.ts';
import { layout } from '../../ledger/store/layout.ts';
import { archivedPhones } from '../../ledger/state/phones.ts';
import { putRequest, REQUEST_VERSION } from '../../ledger/run/request.ts';
import { exists } from '../../ledger/store/store.ts';
import { requestRunId } from '../../policy/keys/run-id.ts';
import type { RunDeps } from '../deps.ts';
import { LeaseLost } from '../../errors.ts';
import type { Ask } from './decide.ts';

const PHONES_A_RUN = 1000;

/**
 * Asks for first backups, in runs of up to 1,000 phones. A run's id follows from its policy, its phones and their
 * generations alone. A phone's first life is passed over where the policy has an archive of the phone already. Answers how
 * many runs were asked for. Throws LeaseLost, before anything is asked for, when another drive holds the lease.
 */
export async function requestFirstBackups(
  deps: Pick<RunDeps, 'store' | 'log'>,
  asks: Ask[],
  stillHeld: () => Promise<boolean>,
): Promise<number> {
  let asked = 0;
  for (const { policy, phones } of asks) {
    const newborn = [...phones].filter(([, generation]) => generation === 0).map(([id]) => id);
    const archived = await archivedPhones(deps.store, policy, newborn);
    const left = [...phones].filter(([id]) => !archived.has(id));
    left.sort(([a], [b]) => (a < b ? -1 : 1));
    if (left.length > 0 && !(await stillHeld())) throw new LeaseLost('asked for no first backup');
    for (let from = 0; from < left.length; from += PHONES_A_RUN) {
      if (await askOnce(deps, policy, left.slice(from, from + PHONES_A_RUN))) asked += 1;
    }
  }
  return asked;
}

/** False when the run was asked for before, and has ended or is under way. */
async function askOnce(
  deps: Pick<RunDeps, 'store' | 'log'>,
  policy: string,
  phones: (readonly [string, number])[],
): Promise<boolean> {
  const token = phones.map(([id, generation]) => `${id}@${generation}`).join(' ');
  const run_id = requestRunId(policy, `provisioned ${token}`, sha256hex);
  for (const key of [layout.report(run_id), layout.request(run_id)]) {
    if (await exists(deps.store, key)) return false;
  }
  await putRequest(deps.store, {
    version: REQUEST_VERSION,
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
