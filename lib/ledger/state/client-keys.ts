import * as z from 'zod';
import type { Clock, Random } from '../../clock.ts';
import { PhonevaultError } from '../../errors.ts';
import { sha256hex } from '../store/digest.ts';
import { layout } from '../store/layout.ts';
import { ledgerObject, wholeKey } from '../store/ledger-object.ts';
import type { Store } from '../store/store.ts';

const MAX_CHECKS = 5;
const CHECK_EVERY_MS = 200;
const KEPT_MS = 7 * 24 * 60 * 60_000;
const MAX_LISTED = 100;

const claimObject = ledgerObject({
  key: wholeKey,
  version: 1,
  schema: z.object({ policy: z.string() }),
});

/** What an idempotency key is used for: a policy, and the phones that narrow it. */
export type KeyUse = { policy: string; phones?: string[] | undefined };

type Deps = { store: Pick<Store, 'list' | 'put' | 'remove'>; clock: Clock; random: Random };

/**
 * Claims a client's idempotency key for one use, before the run is requested. Returns 'taken' when the key was used for
 * something else. Of several uses at the same moment at most one gets the key, even where the bucket has no conditional PUT:
 * each is written under a name of its own, and the older one wins. A use counts for 7 days. Uses that LIST does not show yet do not
 * count.
 */
export async function claimKey(
  { store, clock, random }: Deps,
  clientKey: string,
  use: KeyUse,
): Promise<'claimed' | 'taken'> {
  // Names hold digests only, so that the bucket does not show the key.
  const folder = layout.clientKey(sha256hex(clientKey).slice(0, 32));
  const prefix = `${folder}${sha256hex(JSON.stringify([use.policy, use.phones ?? null])).slice(0, 16)}-`;
  const oldest = clock.now() - KEPT_MS;
  const isLive = ({ lastModified }: { lastModified: number }): boolean => lastModified >= oldest;

  // Names are digests, so what follows is a random part of all claims: each call prunes some, and needs no other LIST.
  const near = await store.list(layout.clientKeys, { startAfter: folder, max: MAX_LISTED });
  await prune(
    store,
    near.filter((claim) => !isLive(claim)).map(({ key }) => key),
  );
  const earlier = near.filter((claim) => claim.key.startsWith(folder) && isLive(claim));
  if (earlier.length > 0) return rankOf(earlier, prefix) === 'first' ? 'claimed' : 'taken';

  const claim = `${prefix}${Math.floor(random() * 2 ** 48).toString(16)}.json`;
  await claimObject.put(store, { policy: use.policy }, claim);
  for (let check = 1; check <= MAX_CHECKS; check += 1) {
    const rank = rankOf((await store.list(folder)).filter(isLive), prefix);
    if (rank === 'first') return 'claimed';
    if (rank === 'behind') break;
    // LIST lags: as far as anybody can see, no other use has the key.
    if (rank === 'unlisted' && check === MAX_CHECKS) return 'claimed';
    // Written in the same millisecond. The other use withdraws if it has seen this one, and has the key if it has not.
    await clock.sleep(CHECK_EVERY_MS);
  }
  // A refused use must leave the key free.
  await store.remove([claim]);
  return 'taken';
}

/** Deletes claims. When that fails, a later call tries again. */
async function prune(store: Pick<Store, 'remove'>, keys: string[]): Promise<void> {
  if (keys.length === 0) return;
  try {
    await store.remove(keys);
  } catch (error) {
    if (!(error instanceof PhonevaultError)) throw error;
  }
}

/**
 * Returns the rank of the claims with this prefix among all. 'tied': written in the same millisecond as another claim, and
 * first by name. 'unlisted': there is no claim at all.
 */
function rankOf(
  claims: readonly { key: string; lastModified: number }[],
  prefix: string,
): 'first' | 'tied' | 'behind' | 'unlisted' {
  const oldest = (isOwn: boolean) =>
    claims
      .filter(({ key }) => key.startsWith(prefix) === isOwn)
      .sort((a, b) => a.lastModified - b.lastModified || (a.key < b.key ? -1 : 1))[0];
  const [own, other] = [oldest(true), oldest(false)];
  if (own === undefined) return other === undefined ? 'unlisted' : 'behind';
  if (other === undefined || own.lastModified < other.lastModified) return 'first';
  return own.lastModified === other.lastModified && own.key < other.key ? 'tied' : 'behind';
}
