import * as z from 'zod';
import { readCache } from '../store/json.ts';
import { layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

const PROVISIONING_VERSION = 1;
/** CTS keeps traces for a week and FunctionGraph an event for a day: what is older no event brings back. */
const REMEMBERED_MS = 8 * 24 * 60 * 60_000;

const policySchema = z.object({
  etag: z.string(),
  /** Whether it gives first backups now: enabled, not paused, `on_provisioned`. */
  on: z.boolean(),
  paused_until: z.number().optional(),
  /** When the policy was first seen to give first backups; phones created before are not new to it. */
  since: z.number().optional(),
  /** The phones that had their first backup asked for, with when that was: it covers every reset before. */
  given: z.record(z.string(), z.number()),
});

const provisioningSchema = z.object({
  version: z.literal(PROVISIONING_VERSION),
  policies: z.record(z.string(), policySchema),
  /** When a sweep last ended. */
  swept_at: z.number().optional(),
  /** Sweeps have seen every phone created before. */
  horizon: z.number().optional(),
  /** A sweep that ran out of time: when it began and where it goes on. */
  sweeping: z.object({ started_at: z.number(), offset: z.number().int() }).optional(),
});

/** What drive knows of new phones. Times in epoch ms. */
export type Provisioning = Omit<z.infer<typeof provisioningSchema>, 'version'>;

/** A cache: when it is lost, phones count as new from now on. */
export async function readProvisioning(store: Pick<Store, 'get'>): Promise<Provisioning> {
  const known = await readCache(
    store,
    provisioningSchema,
    PROVISIONING_VERSION,
    layout.provisioning,
  );
  return known ?? { policies: {} };
}

export async function writeProvisioning(
  store: Pick<Store, 'put'>,
  state: Provisioning,
  now: number,
): Promise<void> {
  const policies = Object.fromEntries(
    Object.entries(state.policies).map(([name, policy]) => [
      name,
      {
        ...policy,
        given: Object.fromEntries(
          Object.entries(policy.given).filter(([, at]) => at > now - REMEMBERED_MS),
        ),
      },
    ]),
  );
  const body = { ...state, version: PROVISIONING_VERSION, policies };
  await store.put(layout.provisioning, JSON.stringify(body));
}
