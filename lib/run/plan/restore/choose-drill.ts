import type { Archive } from '../../../ledger/catalogue/archive.ts';
import { isGood } from '../../../ledger/catalogue/newest-archives.ts';
import { listShards, readShards } from '../../../ledger/catalogue/shards/shards.ts';
import type { RestoreTerms } from '../../../ledger/run/plan.ts';
import { shuffled } from '../../../ledger/store/digest.ts';
import { isUnreadable } from '../../../ledger/store/object-error.ts';
import { layout } from '../../../ledger/store/layout.ts';
import type { Policy } from '../../../policy/schema/schema.ts';
import { type Candidate, selectPhones } from '../../../policy/selection/select.ts';
import { phoneState } from '../../../policy/selection/states.ts';
import type { RunDeps } from '../../deps.ts';
import { readPolicy } from '../../state/read-policy.ts';
import { findCandidates } from '../candidates.ts';
import type { Wanted } from './choose-archives.ts';
import { isOlder } from './plan-phones.ts';

type Deps = Pick<RunDeps, 'store' | 'ledger' | 'cph' | 'clock' | 'readings' | 'log'>;

/** Newest first, 14,000 archives each: a larger fleet is drilled with the phones of these. */
const MAX_SHARDS = 8;
const MAX_NAMED = 3;

/** What a drill restores, and what each phone runs then. */
export type ChosenDrill = { wanted: Wanted[]; check?: RestoreTerms['check'] };

type Refusal = { code: string; message: string };

/**
 * Returns which archive of a policy each scratch phone of its drill gets, or why the drill cannot be carried out: the policy has none,
 * or selects a scratch phone, or has no archive that fits. A scratch phone that runs is taken before one that does not. Returns
 * undefined when reading the phones takes longer than `until` (epoch ms). Throws errors of the services and ObjectError.
 */
export async function chooseDrill(
  deps: Deps,
  { runId, policy: name }: { runId: string; policy: string },
  scope: { requestedAt: number; until: number },
): Promise<ChosenDrill | Refusal | undefined> {
  const file = await readPolicy(deps, name);
  if (file === undefined) {
    return { code: 'policy_gone', message: `${layout.policy(name)} does not exist` };
  }
  if (!file.parsed.ok) {
    return { code: 'policy_invalid', message: file.parsed.errors[0]?.message ?? '' };
  }
  const { drill, select } = file.parsed.policy;
  if (drill === undefined) return { code: 'no_drill', message: `policy ${name} has no drill` };
  const found = await findCandidates(deps, select, { ...scope, only: drill.target });
  if (found === undefined) return undefined;
  const { candidates, taggedServers } = found;
  const { selected } = selectPhones(select, candidates, taggedServers && { taggedServers });
  const own = selected.map(({ phone_id }) => phone_id).filter((id) => drill.target.includes(id));
  if (own.length > 0) {
    const named = own.slice(0, MAX_NAMED).join(', ');
    const message = `policy ${name} selects the scratch phone ${named}: exclude it, or fix drill.target`;
    return { code: 'drill_target_selected', message };
  }
  const archives = await newestGood(deps, name);
  const wanted = pairs(drill, candidates, ranked(archives, drill.pick, runId));
  const { check: command, answer } = drill;
  const check = command === undefined ? {} : { check: { command, answer } };
  if (wanted.length > 0) return { wanted, ...check };
  return { code: 'no_archive', message: `policy ${name} has no good archive for its targets` };
}

/** Returns the newest good archive of each phone, as far as the newest shards have one. A shard that cannot be read counts as absent. */
async function newestGood({ store }: Pick<Deps, 'store'>, policy: string): Promise<Archive[]> {
  const newest = new Map<string, Archive>();
  const shards = (await listShards(store, policy)).reverse().slice(0, MAX_SHARDS);
  for await (const { archives } of readShards(store, shards)) {
    if (isUnreadable(archives)) continue;
    for (const archive of archives.filter(isGood)) {
      const known = newest.get(archive.phone_id);
      if (known !== undefined && known.verified_at >= archive.verified_at) continue;
      newest.set(archive.phone_id, archive);
    }
  }
  return [...newest.values()];
}

/** Returns archives in the order in which a drill takes them. The choice at random is the same for every drive. */
function ranked(archives: Archive[], pick: 'random' | 'newest', runId: string): Archive[] {
  if (pick === 'newest') return archives.sort((a, b) => b.verified_at - a.verified_at);
  return shuffled(archives, runId, ({ phone_id }) => phone_id);
}

/** Returns as many targets as the drill wants, each with an archive of its own that is not of a newer Android. */
function pairs(
  { phones, target }: NonNullable<Policy['drill']>,
  candidates: readonly Candidate[],
  archives: readonly Archive[],
): Wanted[] {
  const known = new Map(candidates.map((phone) => [phone.phone_id, phone]));
  const rankOf = (id: string): number => {
    const phone = known.get(id);
    if (phone === undefined) return 3;
    return ['exportable', 'passing', 'stuck'].indexOf(phoneState(phone.status));
  };
  const left = new Set(archives);
  return [...target]
    .sort((a, b) => rankOf(a) - rankOf(b))
    .slice(0, phones)
    .flatMap((phone) => {
      const image = known.get(phone)?.image_version;
      const archive = [...left].find(({ image_version: other }) => !isOlder(image, other));
      if (archive === undefined) return [];
      left.delete(archive);
      return [{ phone, archive }];
    });
}
