import { addArchives } from '../../ledger/catalogue/add.ts';
import {
  type ReportedRun,
  reportedArchives,
} from '../../ledger/catalogue/rebuild/reported-archives.ts';
import { readResets } from '../../ledger/catalogue/rebuild/resets.ts';
import type { RunDeps } from '../deps.ts';

/** So many take a fraction of a second, also on a slow processor. */
const PHONES_AT_ONCE = 10_000;

/**
 * Adds the verified archives of a run, and its leftovers, to the catalogue. A shard that cannot be used is logged: the rest goes on without it. The
 * phones of a large run are added in steps, oldest archives first: when the time is up, what was added stays.
 */
export async function addReported(
  { store, log }: Pick<RunDeps, 'store' | 'log'>,
  { reported = [], late = [], leftovers = [], ...run }: ReportedRun,
): Promise<void> {
  const { run_id, policy } = run.plan.request;
  const resets = await readResets(store);
  const byId = new Map(run.planned.map((phone) => [phone.phone_id, phone]));
  const inOrder = [...reported].sort((a, b) => compareText(a.verified_at, b.verified_at));
  const logged = new Set<string>();
  for (let from = 0; from === 0 || from < inOrder.length; from += PHONES_AT_ONCE) {
    const some = inOrder.slice(from, from + PHONES_AT_ONCE);
    const own = { ...run, reported: some, late, leftovers: from === 0 ? leftovers : [] };
    const ids = new Set([...some, ...late].map(({ phone_id }) => phone_id));
    const ofThese = [...ids].map((id) => byId.get(id)).filter((phone) => phone !== undefined);
    const planned = own.leftovers.length > 0 ? run.planned : ofThese;
    const archives = reportedArchives({ ...own, planned }, resets);
    for (const { key, code, message } of await addArchives(store, archives)) {
      if (logged.has(key)) continue;
      logged.add(key);
      log.warn('catalogue_unreadable', { run: run_id, policy, key, code, message });
    }
  }
}

const compareText = (a = '', b = ''): number => (a < b ? -1 : a > b ? 1 : 0);
