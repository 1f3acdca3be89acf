import pLimit from 'p-limit';
import type { Policy } from '../../policy/schema/schema.ts';
import type { Candidate } from '../../policy/selection/select.ts';
import { type RunDeps, toCandidate } from '../deps.ts';
import { readInventory } from './inventory.ts';

/** For more phones than this, reading the fleet needs fewer calls than a call for each phone. */
const MAX_SHOWN = 20;
const SHOWS_AT_ONCE = 4;
/** For more servers than this, reading the fleet needs fewer calls than reading each server. */
const MAX_SERVERS = 50;

export type FoundCandidates = {
  candidates: Candidate[];
  taggedServers: ReadonlySet<string> | undefined;
  /** False when phones came and went faster than the list could be read. */
  complete: boolean;
  /** When the phones were read (epoch ms); the oldest of several readings. */
  asOf: number;
};

/** `only` are the phones of the request. Times in epoch ms. */
type Scope = { requestedAt: number; until: number; only?: readonly string[] | undefined };

/**
 * Returns the phones that a selection may choose from, read with the fewest calls: the phones of the request, the phones or
 * servers of the selection, or the whole fleet. Returns undefined when reading takes longer than `until`.
 */
export async function findCandidates(
  deps: Pick<RunDeps, 'store' | 'cph' | 'clock'>,
  select: Policy['select'],
  { requestedAt, until, only }: Scope,
): Promise<FoundCandidates | undefined> {
  let asOf = deps.clock.now();
  const tagged =
    select.server_tags === undefined
      ? undefined
      : new Set(await deps.cph.serversByTags(select.server_tags));

  const few = [only, select.phones].find((ids) => ids !== undefined && ids.length <= MAX_SHOWN);
  if (few !== undefined) {
    const limit = pLimit(SHOWS_AT_ONCE);
    const shown = await Promise.all(few.map((id) => limit(() => deps.cph.showPhone(id))));
    const candidates = shown.filter((phone) => phone !== undefined).map(toCandidate);
    return { candidates, taggedServers: tagged, complete: true, asOf };
  }

  const servers = intersect(select.servers, tagged);
  const scopes: (string | undefined)[] =
    servers === undefined || servers.length > MAX_SERVERS ? [undefined] : servers;
  const candidates: Candidate[] = [];
  let complete = true;
  for (const scope of scopes) {
    const inventory = await readInventory(deps, scope, requestedAt, until);
    if (inventory === undefined) return undefined;
    complete &&= inventory.complete;
    asOf = Math.min(asOf, inventory.started_at);
    candidates.push(...inventory.phones.map(toCandidate));
  }
  return { candidates, taggedServers: tagged, complete, asOf };
}

function intersect(
  named: readonly string[] | undefined,
  tagged: ReadonlySet<string> | undefined,
): string[] | undefined {
  if (named === undefined) return tagged === undefined ? undefined : [...tagged].sort();
  return tagged === undefined ? [...named] : named.filter((id) => tagged.has(id));
}
