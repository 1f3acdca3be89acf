import * as z from 'zod';
import { type ContentOf, ledgerObject } from '../store/ledger-object.ts';
import { layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

const language = z.enum(['en', 'zh']).optional();

const staleHint = ledgerObject({
  key: layout.hint,
  type: 'stale',
  version: 1,
  schema: z.object({
    policy: z.string(),
    /** When its last completed run settled, or from when its slots count, whichever is later (epoch ms). */
    since: z.number(),
    language,
  }),
});

const recoveredHint = ledgerObject({
  key: layout.hint,
  type: 'recovered',
  version: 1,
  schema: z.object({
    policy: z.string(),
    /** The `since` of the staleness that ended. */
    since: z.number(),
    /** The run that completed. */
    run_id: z.string(),
    language,
  }),
});

/** A policy whose last completed run is too old. */
export type Stale = ContentOf<typeof staleHint>;
export type Recovered = ContentOf<typeof recoveredHint>;

export const isStaleHint = (id: string): boolean => id.startsWith('stale-');
export const isRecoveredHint = (id: string): boolean => id.startsWith('recovered-');

/** Asks the next drive to notify that a policy is stale. The same staleness writes the same object. */
export async function putStale(store: Pick<Store, 'put'>, stale: Stale): Promise<void> {
  await staleHint.put(store, stale, `stale-${stale.policy}-${stale.since}`);
}

/** Asks the next drive to notify that a policy has recovered. */
export async function putRecovered(store: Pick<Store, 'put'>, recovered: Recovered): Promise<void> {
  await recoveredHint.put(store, recovered, `recovered-${recovered.policy}-${recovered.since}`);
}

/** Both return the hint with this id; undefined when it is gone. They throw `object_newer` and `object_invalid`. */
export const readStale = staleHint.readListed;
export const readRecovered = recoveredHint.readListed;
