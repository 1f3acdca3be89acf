import {
  type Provisioning,
  readProvisioning,
  writeProvisioning,
} from '../../ledger/state/provisioning.ts';
import type { RunDeps } from '../deps.ts';
import type { StoredRun } from '../state/stored-run.ts';
import type { PendingHint } from './hints/pending-hints.ts';
import type { PolicyFiles } from './policies.ts';

/** What one drive keeps in memory of first backups and their hints. */
export type FirstBackups = {
  state: Provisioning | undefined;
  known: Map<string, PendingHint>;
  files: PolicyFiles;
};

export const createFirstBackups = (): FirstBackups => ({
  state: undefined,
  known: new Map(),
  files: new Map(),
});

/** Returns the stored state, read once a drive, and a function that writes it when it has changed since. */
export async function openState(
  deps: Pick<RunDeps, 'store' | 'clock'>,
  firstBackups: FirstBackups,
): Promise<{ state: Provisioning; save: () => Promise<void> }> {
  const state = (firstBackups.state ??= await readProvisioning(deps.store));
  const before = JSON.stringify(state);
  const save = async (): Promise<void> => {
    if (JSON.stringify(state) === before) return;
    try {
      await writeProvisioning(deps.store, state, deps.clock.now());
    } catch (error) {
      // The changes are not stored: the next one must not start from them.
      firstBackups.state = undefined;
      throw error;
    }
  };
  return { state, save };
}

/** Records that first backups of a run's phones were requested. Must be done before the run's request is removed. */
export async function recordFirstBackups(
  deps: Pick<RunDeps, 'store' | 'clock'>,
  firstBackups: FirstBackups,
  run: StoredRun,
): Promise<void> {
  const { policy, phones = [] } = run.request;
  const { state, save } = await openState(deps, firstBackups);
  const known = (state.policies[policy] ??= { etag: '', on: false, requested_at: {} });
  for (const id of phones)
    known.requested_at[id] = Math.max(known.requested_at[id] ?? 0, run.requestedAt);
  await save();
}
