import * as z from 'zod';
import { readCache } from '../store/json.ts';
import { layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

const ASIDE_VERSION = 1;

/** Drive's note that it told of a run that it cannot read. */
const asideSchema = z.object({
  version: z.literal(ASIDE_VERSION),
  run_id: z.string(),
  code: z.string(),
  message: z.string(),
  /** Epoch ms. */
  at: z.number(),
});

export type Aside = Omit<z.infer<typeof asideSchema>, 'version'>;

/** A cache: when it is lost, the run is told of again. */
export async function readAside(
  store: Pick<Store, 'get'>,
  runId: string,
): Promise<Aside | undefined> {
  return readCache(store, asideSchema, ASIDE_VERSION, layout.aside(runId));
}

export async function writeAside(store: Pick<Store, 'create'>, note: Aside): Promise<void> {
  const key = layout.aside(note.run_id);
  await store.create(key, JSON.stringify({ version: ASIDE_VERSION, ...note }));
}
