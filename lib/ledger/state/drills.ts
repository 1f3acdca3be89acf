import * as z from 'zod';
import { drillSchema } from '../run/report.ts';
import { ledgerObject } from '../store/ledger-object.ts';
import { layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

/** Times in epoch ms. */
const drilledSchema = z.object({
  run_id: z.string(),
  started_at: z.number(),
  settled_at: z.number(),
  verdict: drillSchema.shape.verdict,
  seconds: drillSchema.shape.seconds,
});

export type Drilled = z.infer<typeof drilledSchema>;

const drillObject = ledgerObject({
  key: layout.drill,
  version: 1,
  schema: z.object({ last: drilledSchema, passed: drilledSchema.optional() }),
});

/** Returns the last drill of a policy, and the last one that passed. A cache: without it no drill is known. */
export const readDrills = drillObject.readCache;

/** Records a drill. One that started before the last one changes nothing. */
export async function recordDrill(
  store: Pick<Store, 'get' | 'put'>,
  policy: string,
  drilled: Drilled,
): Promise<void> {
  const known = await readDrills(store, policy);
  if (known !== undefined && known.last.started_at >= drilled.started_at) return;
  const passed = drilled.verdict === 'passed' ? drilled : known?.passed;
  await drillObject.put(store, { last: drilled, ...(passed && { passed }) }, policy);
}
