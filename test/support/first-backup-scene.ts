import type { Phone } from '../../lib/cloud/cph/phone.ts';
import { type Lookup, putLookup } from '../../lib/ledger/hints/lookup.ts';
import { putSweep } from '../../lib/ledger/hints/sweep.ts';
import { layout } from '../../lib/ledger/store/layout.ts';
import { readProvisioning } from '../../lib/ledger/state/provisioning.ts';
import { listOpen, readRequest } from '../../lib/ledger/run/request.ts';
import type { OpenRun } from '../../lib/run/state/open-run.ts';
import { reconcile } from '../../lib/run/first-backup/reconcile.ts';
import { createFirstBackups } from '../../lib/run/first-backup/state.ts';
import { fleet } from './fleet.ts';
import { inboxScene } from './inbox-scene.ts';
import { policyText } from './policy-text.ts';

const ON_PROVISIONED = { on_provisioned: 'true' };

/** A ledger with the policy `newphones`, which has `on_provisioned`, and a drive that has just started. */
export async function firstBackupScene(
  phones: Phone[] = [],
  policy: Record<string, string> = ON_PROVISIONED,
) {
  const world = inboxScene();
  const { deps, store, clock } = world;
  const project = fleet(phones);
  await store.put(layout.policy('newphones'), policyText('newphones', policy));
  const firstBackups = createFirstBackups();
  const own = { ...deps, cph: project.cph };
  return {
    ...world,
    ...project,
    ...{ deps: own, firstBackups },
    putHint: (id: string, lookup: Partial<Lookup>) =>
      putLookup(store, {
        id,
        lookup: { change: 'created', phones: [], servers: [], others: [], ...lookup },
      }),
    sweepHint: (at = clock.now()) => putSweep(store, at),
    /** Reconciles all hints in the inbox. Returns how many runs were requested. */
    reconcile: async (
      options: { runs?: OpenRun[]; until?: number; held?: boolean; store?: typeof store } = {},
    ) => {
      const { runs = [], until = Number.POSITIVE_INFINITY, held = true } = options;
      const { hints } = await listOpen(store);
      const stillHeld = () => Promise.resolve(held);
      const used = { ...own, store: options.store ?? store };
      return reconcile(used, firstBackups, hints, { runs, until, stillHeld });
    },
    /** The stored state. */
    state: () => readProvisioning(store),
    /** The phones of each open request. */
    requested: async () => {
      const { requests } = await listOpen(store);
      const read = await Promise.all(requests.map(({ runId }) => readRequest(store, runId)));
      return read.map((request) => request?.phones);
    },
  };
}
