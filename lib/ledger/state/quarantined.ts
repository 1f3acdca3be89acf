import * as z from 'zod';
import { readCache } from '../store/json.ts';
import { layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

const QUARANTINED_VERSION = 1;

/** Drive's note that it told of a run that it cannot read. */
const quarantinedSchema = z.object({
  version: z.literal(QUARANTINED_VERSION),
  run_id: z.string(),
  code: z.string(),
  message: z.string(),
  /** Epoch ms. */
  at: z.number(),
});

export type Quarantined = Omit<z.infer<typeof quarantinedSchema>, 'version'>;

/** A cache: when it is lost, the run is told of again. */
export async function readQuarantined(
  store: Pick<Store, 'get'>,
  runId: string,
): Promise<Quarantined | undefined> {
  return readCache(store, quarantinedSchema, QUARANTINED_VERSION, layout.quarantined(runId));
}

export async function writeQuarantined(
  store: Pick<Store, 'create'>,
  note: Quarantined,
): Promise<void> {
  const key = layout.quarantined(note.run_id);
  await store.create(key, JSON.stringify({ version: QUARANTINED_VERSION, ...note }));
}
