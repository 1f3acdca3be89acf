import { PhonevaultError } from '../../errors.ts';
import { listShards, type Shard } from '../../ledger/catalogue/shards.ts';
import type { Store } from '../../ledger/store/store.ts';
import { judge } from '../../policy/retention/judge.ts';
import { collect } from './collect.ts';
import type { Protected } from './protected.ts';
import type { PolicyTerms } from './terms.ts';
import { toBits } from './verdict-bits.ts';

/** A shard holds about 14,000 archives: a pass needs about 100 MB at most. */
const SHARDS_A_PASS = 256;
const PHONES_A_STEP = 2_000;

/** A shard with a verdict for each of its archives, in their order. */
export type JudgedShard = { shard: Shard; verdicts: Uint16Array };

/**
 * Judges all archives of a policy, phone by phone. A policy with very many archives is read several times, for another part of its
 * phones each time. Yields between steps of some milliseconds, so that other work goes on. Throws the ObjectError of a shard that cannot
 * be used: what it holds may be the last good archive of a phone. `phones`: judges only their archives.
 */
export async function* judgePolicy(
  store: Pick<Store, 'get' | 'list'>,
  { policy, terms, resets }: Omit<PolicyTerms, 'block' | 'state'>,
  protect: Protected,
  phones?: ReadonlySet<string>,
): AsyncGenerator<void, JudgedShard[]> {
  const shards = await listShards(store, policy);
  const passes = phones === undefined ? Math.max(1, Math.ceil(shards.length / SHARDS_A_PASS)) : 1;
  let judged: JudgedShard[] = [];
  for (let pass = 0; pass < passes; pass += 1) {
    const takes = (phoneId: string): boolean =>
      phones === undefined ? hashOf(phoneId) % passes === pass : phones.has(phoneId);
    const found = yield* collect(store, shards, { protect, now: terms.now, takes });
    if (pass === 0) {
      judged = shards.map((shard, index) => ({
        shard,
        verdicts: new Uint16Array(found.rows[index] ?? 0),
      }));
    }
    if (judged.some(({ verdicts }, index) => verdicts.length !== found.rows[index])) {
      throw new PhonevaultError(
        'conflict',
        `the catalogue of policy ${policy} has changed meanwhile`,
        {
          retryable: true,
        },
      );
    }
    const set = setter(judged);
    let count = 0;
    for (const [phoneId, places] of found.phones) {
      const archives = places.map((place) => found.at(place));
      for (const verdict of judge(archives, { ...terms, generation: resets.get(phoneId) })) {
        set(verdict.archive.verified_at, toBits(verdict));
      }
      count += 1;
      if (count % PHONES_A_STEP === 0) yield;
    }
  }
  return judged;
}

/** Returns what stores a verdict at the place of an archive. */
function setter(judged: readonly JudgedShard[]): (place: number, bits: number) => void {
  const all = judged.reduce((sum, { verdicts }) => sum + verdicts.length, 0);
  const shardOf = new Uint32Array(all);
  const firstOf: number[] = [];
  let first = 0;
  for (const [index, { verdicts }] of judged.entries()) {
    firstOf.push(first);
    shardOf.fill(index, first, first + verdicts.length);
    first += verdicts.length;
  }
  return (place, bits) => {
    const index = shardOf[place] ?? 0;
    const verdicts = judged[index]?.verdicts;
    if (verdicts !== undefined) verdicts[place - (firstOf[index] ?? 0)] = bits;
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
