import type * as z from 'zod';
import { type Report, reportSchema } from '../../run/report.ts';
import { layout } from '../../store/layout.ts';
import { ledgerObject } from '../../store/ledger-object.ts';
import { isUnreadable, missingObject, type ObjectError } from '../../store/object-error.ts';
import type { Store } from '../../store/store.ts';
import { type NamedRun, nameOf } from './name.ts';

const indexedRunSchema = reportSchema.pick({
  run_id: true,
  kind: true,
  policy: true,
  trigger: true,
  slot: true,
  outcome: true,
  reason: true,
  started_at: true,
  settled_at: true,
  counts: true,
});

const indexedRun = ledgerObject({ key: layout.indexedRun, version: 1, schema: indexedRunSchema });

/** A settled run without its phones. */
export type IndexedRun = z.infer<typeof indexedRunSchema>;

/** A settled run whose entry cannot be used: what its key says, and why. */
export type UnreadRun = Pick<IndexedRun, 'run_id' | 'policy' | 'outcome' | 'settled_at'> & {
  error: ObjectError;
};

/** Adds a settled run to the index: one PUT, safe to repeat. The index is a cache of the reports. */
export async function indexRun(store: Pick<Store, 'put'>, report: Report): Promise<void> {
  await indexedRun.put(store, indexedRunSchema.parse(report), nameOf(report));
}

/** Returns the entry of a run, or what its name says where the entry is unreadable. */
export async function readEntry(
  store: Pick<Store, 'get'>,
  { name, runId, policy, outcome, settledAt }: NamedRun,
): Promise<IndexedRun | UnreadRun> {
  try {
    const run = await indexedRun.read(store, name);
    if (run === undefined) throw missingObject(layout.indexedRun(name));
    return run;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return { run_id: runId, policy, outcome, settled_at: new Date(settledAt).toISOString(), error };
  }
}
