import * as z from 'zod';
import { type ContentOf, ledgerObject } from '../store/ledger-object.ts';
import { layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

/** No event is older: CTS keeps traces for a week, and FunctionGraph an event for a day. */
const KEPT_MS = 8 * 24 * 60 * 60_000;
const MAX_REQUESTS = 8_000;

const policySchema = z.object({
  etag: z.string(),
  /** Whether the policy backs up new phones now: it is enabled, not paused, and has `on_provisioned`. */
  on: z.boolean(),
  paused_until: z.number().optional(),
  /** When the policy began to back up new phones. Phones created before are not new to it. */
  since: z.number().optional(),
  /** When the first backup of each phone was requested, by phone id. Later resets need another one. */
  requested_at: z.record(z.string(), z.number()),
});

const provisioningObject = ledgerObject({
  key: () => layout.provisioning,
  version: 1,
  schema: z.object({
    policies: z.record(z.string(), policySchema),
    /** When the last sweep ended. */
    swept_at: z.number().optional(),
    /** Sweeps have listed every phone that was created before this time. */
    horizon: z.number().optional(),
    /** The hints that wait, as a digest of their ids, and when their phones are looked up next. */
    waiting: z.object({ hints: z.string(), next_at: z.number() }).optional(),
    /** An unfinished sweep: when it started, and the offset where it continues. */
    sweeping: z.object({ started_at: z.number(), offset: z.number().int() }).optional(),
  }),
});

/** The state of first backups. Times in epoch ms. */
export type Provisioning = ContentOf<typeof provisioningObject>;

/** Returns the state of first backups. A cache: when it is lost, only phones created from then on are new. */
export async function readProvisioning(store: Pick<Store, 'get'>): Promise<Provisioning> {
  return (await provisioningObject.readCache(store)) ?? { policies: {} };
}

/**
 * Writes the state of first backups, without requests that are older than any event at `now` (epoch ms), and at most the
 * newest 8,000 requests: a new phone that has an archive by then needs no other first backup.
 */
export async function writeProvisioning(
  store: Pick<Store, 'put'>,
  state: Provisioning,
  now: number,
): Promise<void> {
  const times = Object.values(state.policies).flatMap((policy) =>
    Object.values(policy.requested_at),
  );
  const oldest = times.sort((one, other) => other - one)[MAX_REQUESTS - 1] ?? 0;
  let left = MAX_REQUESTS;
  const recent = (requested_at: Record<string, number>): Record<string, number> => {
    const kept = Object.entries(requested_at)
      .filter(([, at]) => at > now - KEPT_MS && at >= oldest)
      .sort(([, one], [, other]) => other - one)
      .slice(0, left);
    left -= kept.length;
    return Object.fromEntries(kept);
  };
  const policies = Object.fromEntries(
    Object.entries(state.policies).map(([name, policy]) => [
      name,
      { ...policy, requested_at: recent(policy.requested_at) },
    ]),
  );
  await provisioningObject.put(store, { ...state, policies });
}
