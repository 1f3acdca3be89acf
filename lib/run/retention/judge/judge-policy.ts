import { PhonevaultError } from '../../../errors.ts';
import { listShards, type Shard } from '../../../ledger/catalogue/shards/shards.ts';
import type { Store } from '../../../ledger/store/store.ts';
import { judge } from '../../../policy/retention/judge.ts';
import { collect } from './collect.ts';
import type { Protected } from './protected.ts';
import type { PolicyTerms } from './terms.ts';
import { toBits } from './verdict-bits.ts';

/** A shard holds 7,000 to 14,000 archives. A part of a policy's phones has about as many archives as these. */
const SHARDS_A_PART = 96;
const PHONES_A_STEP = 2_000;

/**
 * A shard with a verdict for each of its archives, in their order; 0 for those that were not judged. `guards`: the rows of the last good
 * archives of phones of which something is due.
 */
export type JudgedShard = { shard: Shard; verdicts: Uint16Array; guards: number[] };

type Reader = Pick<Store, 'get' | 'list'>;
type Own = Omit<PolicyTerms, 'block' | 'state'>;

/** Returns in how many parts the phones of a policy are judged, so that one part fits into the time and the memory of a drive. */
export async function countParts(store: Pick<Store, 'list'>, policy: string): Promise<number> {
  return Math.max(1, Math.ceil((await listShards(store, policy)).length / SHARDS_A_PART));
}

/** Returns which phones belong to a part: always the same ones. */
export function inPart(part: number, parts: number): (phoneId: string) => boolean {
  return (phoneId) => hashOf(phoneId) % parts === part;
}

/**
 * Judges the archives of the phones that `takes` accepts, phone by phone. Yields between steps of some milliseconds, so that other work
 * goes on. Throws the ObjectError of a shard that cannot be used: what it holds may be the last good archive of a phone.
 */
export async function* judgePolicy(
  store: Reader,
  { policy, terms, resets }: Own,
  protect: Protected,
  takes: (phoneId: string) => boolean,
): AsyncGenerator<void, JudgedShard[]> {
  const shards = await listShards(store, policy);
  const found = yield* collect(store, shards, { protect, now: terms.now, takes });
  const judged = shards.map((shard, index) => ({
    shard,
    verdicts: new Uint16Array(found.rows[index] ?? 0),
    guards: [],
  }));
  const set = setter(judged);
  let count = 0;
  for (const [phoneId, places] of found.phones) {
    const archives = places.map((place) => found.at(place));
    const verdicts = judge(archives, { ...terms, generation: resets.get(phoneId) });
    const isDue = verdicts.some(({ keep }) => !keep);
    for (const verdict of verdicts) {
      const isGuard = isDue && verdict.keep && verdict.reasons.includes('last_good');
      set(verdict.archive.verified_at, toBits(verdict), isGuard);
    }
    count += 1;
    if (count % PHONES_A_STEP === 0) yield;
  }
  return judged;
}

/**
 * Judges all archives of a policy. One with very many archives is read several times, for another part of its phones each time. Throws
 * the same, and `conflict` when the catalogue changes meanwhile.
 */
export async function judgeWhole(
  store: Reader,
  own: Own,
  protect: Protected,
): Promise<JudgedShard[]> {
  const parts = await countParts(store, own.policy);
  let judged: JudgedShard[] = [];
  for (let part = 0; part < parts; part += 1) {
    const found = await judgeSome(store, own, protect, inPart(part, parts));
    judged = part === 0 ? found : merged(own.policy, judged, found);
  }
  return judged;
}

/** Judges the archives of some phones at once. */
export async function judgeSome(
  store: Reader,
  own: Own,
  protect: Protected,
  takes: (phoneId: string) => boolean,
): Promise<JudgedShard[]> {
  const steps = judgePolicy(store, own, protect, takes);
  for (;;) {
    const { done, value } = await steps.next();
    if (done === true) return value;
  }
}

function merged(
  policy: string,
  all: readonly JudgedShard[],
  part: readonly JudgedShard[],
): JudgedShard[] {
  const isSame =
    all.length === part.length &&
    all.every(({ verdicts }, index) => verdicts.length === part[index]?.verdicts.length);
  if (!isSame) {
    const what = `the catalogue of policy ${policy} has changed meanwhile`;
    throw new PhonevaultError('conflict', what, { retryable: true });
  }
  return all.map(({ shard, verdicts, guards }, index) => ({
    ...{ shard, guards },
    verdicts: verdicts.map((bits, row) => bits | (part[index]?.verdicts[row] ?? 0)),
  }));
}
/** Returns what stores a verdict at the place of an archive. */
function setter(
  judged: readonly JudgedShard[],
): (place: number, bits: number, isGuard: boolean) => void {
  const all = judged.reduce((sum, { verdicts }) => sum + verdicts.length, 0);
  const shardOf = new Uint32Array(all);
  const firstOf: number[] = [];
  let first = 0;
  for (const [index, { verdicts }] of judged.entries()) {
    firstOf.push(first);
    shardOf.fill(index, first, first + verdicts.length);
    first += verdicts.length;
  }
  return (place, bits, isGuard) => {
    const index = shardOf[place] ?? 0;
    const shard = judged[index];
    if (shard === undefined) return;
    const row = place - (firstOf[index] ?? 0);
    shard.verdicts[row] = bits;
    if (isGuard) shard.guards.push(row);
  };
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}
