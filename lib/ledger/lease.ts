import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { parseObject, readCache } from './store/json.ts';
import { isLeaseKey, layout } from './store/layout.ts';
import type { Conditional, Store } from './store/store.ts';

const LEASE_VERSION = 1;
/** How long a racing writer may take between its look and its write where the bucket has no conditional PUT. */
const SETTLE_MS = 2_000;

/** So many leases are kept: a LIST that lags must show one that is not far behind. */
const KEPT = 10;
/** So many leases may be written before a LIST shows the first of them. */
const MAX_UNLISTED = 20;

/** No invocation of drive lasts as long; a lease that says so was written by a clock gone wrong. */
const MAX_MS = 15 * 60_000;

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
 * takers cannot both create the same epoch; elsewhere the taker waits a moment and reads back who won. LIST only says where
 * to begin: it may lag, so what counts is which object is there.
 */
export async function takeLease(
  store: Store,
  options: { clock: Clock; holder: string; ttlMs: number },
): Promise<Lease | undefined> {
  const { clock, holder, ttlMs } = options;
  const created = await createNext(store, options);
  if (created === undefined) return undefined;
  const { epoch, before } = created;
  const key = layout.lease(epoch);
  const body = (expires: number, conditional?: Conditional): string =>
    bodyOf({ epoch, holder, expires_at: expires, conditional });
  const mine = body(clock.now() + ttlMs, before?.conditional);

  const conditional = before?.conditional ?? (await store.tryConditional(key, mine));
  if (conditional !== 'honoured') {
    await clock.sleep(SETTLE_MS);
    if ((await latest(store, ttlMs, epoch))?.holder !== holder) return undefined;
  }

  const old = (await listLeases(store)).filter((other) => other <= layout.lease(epoch - KEPT));
  if (old.length > 0) await store.remove(old);

  return {
    epoch,
    holder,
    writer: `${String(epoch).padStart(10, '0')}-${holder}`,
    conditional,
    stillHeld: async () => {
      const now = await latest(store, ttlMs, epoch);
      return now?.epoch === epoch && now.holder === holder;
    },
    release: () => store.put(key, body(0, conditional)),
  };
}

/** Whose a lease is and when it ends (epoch ms); undefined for one that is gone or cannot be read. */
export async function readLease(
  store: Pick<Store, 'get'>,
  key: string,
): Promise<{ holder: string; expires_at: number } | undefined> {
  return readCache(store, leaseSchema, LEASE_VERSION, key);
}

/** Writes the first lease that is not there, and answers with the one before it; undefined while that one holds. */
async function createNext(
  store: Store,
  { clock, holder, ttlMs }: { clock: Clock; holder: string; ttlMs: number },
): Promise<{ epoch: number; before: Standing | undefined } | undefined> {
  let before = await latest(store, ttlMs);
  for (let unlisted = 0; unlisted <= MAX_UNLISTED; unlisted += 1) {
    const left = (before?.expires_at ?? 0) - clock.now();
    if (left > 0 && left <= MAX_MS) return undefined;
    const epoch = (before?.epoch ?? 0) + 1;
    const expires_at = clock.now() + ttlMs;
    const mine = bodyOf({ epoch, holder, expires_at, conditional: before?.conditional });
    if ((await store.create(layout.lease(epoch), mine)) === 'created') return { epoch, before };
    const found = await read(store, layout.lease(epoch), ttlMs);
    // The network may bring a PUT twice: then the second finds what the first has written.
    if (found?.holder === holder) return { epoch, before };
    if (found === undefined) return undefined;
    before = found;
  }
  return undefined;
}

type Standing = z.infer<typeof leaseSchema>;

function bodyOf(lease: {
  epoch: number;
  holder: string;
  expires_at: number;
  conditional: Conditional | undefined;
}): string {
  return JSON.stringify({ version: LEASE_VERSION, ...lease });
}

/** The keys of the leases that LIST shows, in order; whatever else may lie there is none. */
async function listLeases(store: Pick<Store, 'list'>): Promise<string[]> {
  const listed = await store.list(layout.leases);
  return listed.map(({ key }) => key).filter(isLeaseKey);
}

/** The highest lease that LIST shows, or that of `known` where LIST shows none as high. */
async function latest(store: Store, ttlMs: number, known = 0): Promise<Standing | undefined> {
  const listed = (await listLeases(store)).at(-1) ?? '';
  const key = known > 0 && listed < layout.lease(known) ? layout.lease(known) : listed;
  return key === '' ? undefined : read(store, key, ttlMs);
}

/** One that cannot be read holds for as long as a good one written then would. */
async function read(store: Store, key: string, ttlMs: number): Promise<Standing | undefined> {
  const object = await store.get(key);
  if (object === undefined) return undefined;
  try {
    return parseObject(leaseSchema, LEASE_VERSION, key, object.body);
  } catch {
    const epoch = Number(/(\d+)\.json$/.exec(key)?.[1] ?? 0);
    return {
      version: LEASE_VERSION,
      epoch,
      holder: '',
      expires_at: object.lastModified + ttlMs,
    };
  }
}
