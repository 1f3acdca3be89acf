import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { parseObject } from './json.ts';
import { layout } from './layout.ts';
import type { Conditional, Store } from './store.ts';

const LEASE_VERSION = 1;
/** How long a racing writer may take between its look and its write where the bucket has no conditional PUT. */
const SETTLE_MS = 2_000;

/** No invocation of drive lasts as long; a lease that says so was written by a clock gone wrong. */
const LONGEST_MS = 15 * 60_000;

const leaseSchema = z.object({
  version: z.literal(LEASE_VERSION),
  epoch: z.number().int(),
  holder: z.string(),
  expires_at: z.number(),
  conditional: z.enum(['honoured', 'ignored', 'refused']).optional(),
});

export type Lease = {
  epoch: number;
  holder: string;
  /** `<epoch>-<holder>`: names what this invocation writes. */
  writer: string;
  conditional: Conditional;
  /** False once a later epoch exists: someone else drives. */
  stillHeld(): Promise<boolean>;
  release(): Promise<void>;
};

/**
 * Takes the right to drive, or answers undefined while someone else holds it. Each taking is an object of its
 * own, `state/lease/<epoch>.json`: the highest epoch holds. Where the bucket honours conditional PUT two
 * takers cannot both create the same epoch; elsewhere the taker waits a moment and reads back who won.
 */
export async function takeLease(
  store: Store,
  options: { clock: Clock; holder: string; ttlMs: number },
): Promise<Lease | undefined> {
  const { clock, holder, ttlMs } = options;
  const standing = await latest(store, ttlMs);
  const left = (standing?.expires_at ?? 0) - clock.now();
  if (left > 0 && left <= LONGEST_MS) return undefined;

  const epoch = (standing?.epoch ?? 0) + 1;
  const key = layout.lease(epoch);
  const body = (expires: number, conditional?: Conditional): string =>
    JSON.stringify({ version: LEASE_VERSION, epoch, holder, expires_at: expires, conditional });
  const mine = body(clock.now() + ttlMs, standing?.conditional);

  if ((await store.create(key, mine)) === 'exists') return undefined;
  const conditional = standing?.conditional ?? (await store.tryConditional(key, mine));
  if (conditional !== 'honoured') {
    await clock.sleep(SETTLE_MS);
    if ((await latest(store, ttlMs))?.holder !== holder) return undefined;
  }

  const expired = await store.list(layout.leases);
  const old = expired
    .map((object) => object.key)
    .filter((other) => other < layout.lease(epoch - 1));
  if (old.length > 0) await store.remove(old);

  return {
    epoch,
    holder,
    writer: `${String(epoch).padStart(10, '0')}-${holder}`,
    conditional,
    stillHeld: async () => {
      const now = await latest(store, ttlMs);
      return now?.epoch === epoch && now.holder === holder;
    },
    release: () => store.put(key, body(0, conditional)),
  };
}

/** The highest lease. One that cannot be read holds for as long as a good one written then would. */
async function latest(
  store: Store,
  ttlMs: number,
): Promise<z.infer<typeof leaseSchema> | undefined> {
  const listed = (await store.list(layout.leases)).at(-1);
  const object = listed === undefined ? undefined : await store.get(listed.key);
  if (listed === undefined || object === undefined) return undefined;
  try {
    return parseObject(leaseSchema, LEASE_VERSION, listed.key, object.body);
  } catch {
    const epoch = Number(/(\d+)\.json$/.exec(listed.key)?.[1] ?? 0);
    return {
      version: LEASE_VERSION,
      epoch,
      holder: '',
      expires_at: object.lastModified + ttlMs,
    };
  }
}
