import * as z from 'zod';
import { type ContentOf, ledgerObject } from '../store/ledger-object.ts';
import { layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

/** CTS keeps traces for a week and FunctionGraph an event for a day: no event is older. */
const REMEMBERED_MS = 8 * 24 * 60 * 60_000;

const policySchema = z.object({
  etag: z.string(),
  /** Whether new phones get first backups from it now: enabled, not paused, `on_provisioned`. */
  on: z.boolean(),
  paused_until: z.number().optional(),
  /** When the policy became a first-backup policy. Phones created before are not new to it. */
  since: z.number().optional(),
  /** The phones whose first backup was requested, each with the time of the request. It covers every reset before. */
  given: z.record(z.string(), z.number()),
});

const provisioningObject = ledgerObject({
  key: () => layout.provisioning,
  version: 1,
  schema: z.object({
    policies: z.record(z.string(), policySchema),
    /** When the last sweep ended. */
    swept_at: z.number().optional(),
    /** Sweeps have seen every phone that was created before this time. */
    horizon: z.number().optional(),
    /** A sweep that is not finished: when it began and where it goes on. */
    sweeping: z.object({ started_at: z.number(), offset: z.number().int() }).optional(),
  }),
});

/** What drive knows of new phones. Times in epoch ms. */
export type Provisioning = ContentOf<typeof provisioningObject>;

/** Returns what is known of new phones. A cache: when it is lost, phones count as new from now on. */
export async function readProvisioning(store: Pick<Store, 'get'>): Promise<Provisioning> {
  return (await provisioningObject.readCache(store)) ?? { policies: {} };
}

/** Writes what is known of new phones at `now` (epoch ms), without requests that no event can concern any more. */
export async function writeProvisioning(
  store: Pick<Store, 'put'>,
  state: Provisioning,
  now: number,
): Promise<void> {
  const recent = (given: Record<string, number>): Record<string, number> =>
    Object.fromEntries(Object.entries(given).filter(([, at]) => at > now - REMEMBERED_MS));
  const policies = Object.fromEntries(
    Object.entries(state.policies).map(([name, policy]) => [
      name,
      { ...policy, given: recent(policy.given) },
    ]),
  );
  await provisioningObject.put(store, { ...state, policies });
}
