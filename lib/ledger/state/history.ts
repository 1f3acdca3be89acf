import * as z from 'zod';
import { runOutcomes } from '../run/report.ts';
import { type ContentOf, ledgerObject } from '../store/ledger-object.ts';
import { layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

const settledSchema = z.object({
  run_id: z.string(),
  outcome: z.enum(runOutcomes),
  /** Epoch ms. */
  settled_at: z.number(),
});

const historyObject = ledgerObject({
  key: layout.history,
  version: 1,
  schema: z.object({
    last: settledSchema,
    /** The run before the last. */
    before: settledSchema.optional(),
    /** The last completed run that included all phones of the policy. */
    good: settledSchema.optional(),
  }),
});

/** The outcomes of a policy's last runs. A cache over the reports. */
export type History = ContentOf<typeof historyObject>;
export type Settled = z.infer<typeof settledSchema>;

export const readHistory = historyObject.readCache;

/** Like `readHistory`, but throws ObjectError. */
export const readHistoryStrictly = historyObject.read;

/**
 * Records a settled run and returns the previous one. A run that is recorded again, or is older than the last, changes
 * nothing. A run of only some of the policy's phones (`whole` is false) never becomes the last good one.
 */
export async function recordSettled(
  store: Pick<Store, 'get' | 'put'>,
  policy: string,
  run: Settled,
  { whole = true }: { whole?: boolean } = {},
): Promise<Settled | undefined> {
  const known = await readHistory(store, policy);
  const isNewest = known === undefined || known.last.settled_at < run.settled_at;
  if (!isNewest || known?.last.run_id === run.run_id) return known?.before;
  const good = whole && run.outcome === 'completed' ? run : known?.good;
  const history: History = {
    last: run,
    ...(known === undefined ? {} : { before: known.last }),
    ...(good === undefined ? {} : { good }),
  };
  await historyObject.put(store, history, policy);
  return known?.last;
}
