import { isDeepStrictEqual } from 'node:util';
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
 * Records a settled run and returns the one before it, or the one before the last for a run that is recorded again or late. Runs
 * count in the order in which they settled, whatever the order in which they are recorded. A run of only some of the policy's
 * phones (`whole` is false) never becomes the last good one.
 */
export async function recordSettled(
  store: Pick<Store, 'get' | 'put'>,
  policy: string,
  run: Settled,
  { whole = true }: { whole?: boolean } = {},
): Promise<Settled | undefined> {
  const known = await readHistory(store, policy);
  if (known?.last.run_id === run.run_id) return known.before;
  const candidate = whole && run.outcome === 'completed' ? run : undefined;
  const history = withRun(known, run, newer(known?.good, candidate));
  if (!isDeepStrictEqual(history, known)) await historyObject.put(store, history, policy);
  return history.before;
}

function withRun(known: History | undefined, run: Settled, good: Settled | undefined): History {
  const isLast = known === undefined || known.last.settled_at < run.settled_at;
  const isLate = known !== undefined && run.settled_at < known.last.settled_at;
  const before = isLast ? known?.last : newer(known.before, isLate ? run : undefined);
  return {
    last: isLast ? run : known.last,
    ...(before === undefined ? {} : { before }),
    ...(good === undefined ? {} : { good }),
  };
}

/** Returns the run that settled later; `known` when both did at once. */
function newer(known: Settled | undefined, run: Settled | undefined): Settled | undefined {
  if (known === undefined || run === undefined) return known ?? run;
  return known.settled_at < run.settled_at ? run : known;
}
