import type { Clock, Random } from '../../clock.ts';
import { sha256hex } from '../store/digest.ts';
import { layout } from '../store/layout.ts';
import type { Store } from '../store/store.ts';

const KEY_VERSION = 1;
const LOOKS = 5;
const LOOK_AGAIN_MS = 200;

/** What a key is used for: a policy and the phones that narrow it. */
export type KeyUse = { policy: string; phones?: string[] | undefined };

type Deps = { store: Pick<Store, 'list' | 'put' | 'remove'>; clock: Clock; random: Random };

/**
 * Claims a client's key for one use, before the run is asked for. 'taken': it was used for something else. Of several uses that
 * come at the same moment at most one gets the key, also where the bucket has no conditional PUT: each is written under a
 * name of its own and gives way to those that are older.
 */
export async function claimKey(
  { store, clock, random }: Deps,
  clientKey: string,
  use: KeyUse,
): Promise<'claimed' | 'taken'> {
  // The key itself does not show.
  const place = layout.clientKey(sha256hex(clientKey).slice(0, 32));
  const mine = `${place}${sha256hex(JSON.stringify([use.policy, use.phones ?? null])).slice(0, 16)}-`;
  const before = await store.list(place);
  if (before.length > 0) return statusOf(before, mine) === 'first' ? 'claimed' : 'taken';

  const own = `${mine}${Math.floor(random() * 2 ** 48).toString(16)}.json`;
  await store.put(own, JSON.stringify({ version: KEY_VERSION, policy: use.policy }));
  for (let lookup = 1; lookup <= LOOKS; lookup += 1) {
    const stands = statusOf(await store.list(place), mine);
    if (stands === 'first') return 'claimed';
    if (stands === 'behind') break;
    // Written in one millisecond: the other gives way if it has seen this one, and has the key if it has not.
    await clock.sleep(LOOK_AGAIN_MS);
  }
  // A use that was refused does not use the key up.
  await store.remove([own]);
  return 'taken';
}

/** How the uses with this prefix stand among all. 'even': written in the same millisecond as another, and before it by name. */
function statusOf(
  claims: readonly { key: string; lastModified: number }[],
  mine: string,
): 'first' | 'even' | 'behind' {
  const oldestOf = (own: boolean) =>
    claims
      .filter(({ key }) => key.startsWith(mine) === own)
      .sort((a, b) => a.lastModified - b.lastModified || (a.key < b.key ? -1 : 1))[0];
  const [own, other] = [oldestOf(true), oldestOf(false)];
  if (own === undefined) return 'behind';
  if (other === undefined || own.lastModified < other.lastModified) return 'first';
  return own.lastModified === other.lastModified && own.key < other.key ? 'even' : 'behind';
}
