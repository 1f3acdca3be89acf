import pLimit from 'p-limit';
import { isAbsent } from '../../cloud/request/request.ts';
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
  /** Servers of the selection that CPH does not know. They have no phones. */
  missingServers: string[];
};

/** `only` are the phones of the request. Times in epoch ms. */
type Scope = { requestedAt: number; until: number; only?: readonly string[] | undefined };

type Reading = Omit<FoundCandidates, 'taggedServers'>;

/**
 * Returns the phones that a selection may choose from, read with the fewest calls: the phones of the request, the phones or
 * servers of the selection, or the whole fleet. A phone of the request is absent only if CPH does not list it. Returns undefined
 * when reading takes longer than `until`.
 */
export async function findCandidates(
  deps: Pick<RunDeps, 'store' | 'cph' | 'clock'>,
  select: Policy['select'],
  scope: Scope,
): Promise<FoundCandidates | undefined> {
  const begunAt = deps.clock.now();
  const tagged =
    select.server_tags === undefined
      ? undefined
      : new Set(await deps.cph.serversByTags(select.server_tags));

  const { only = [] } = scope;
  const few = [scope.only, select.phones].find(
    (ids) => ids !== undefined && ids.length <= MAX_SHOWN,
  );
  const first =
    few === undefined
      ? await readServers(deps, intersect(select.servers, tagged), scope)
      : await showPhones(deps, few);
  if (first === undefined) return undefined;
  const known = new Set([...(few ?? []), ...first.candidates.map(({ phone_id }) => phone_id)]);
  const rest = only.filter((id) => !known.has(id));
  const second =
    rest.length <= MAX_SHOWN
      ? await showPhones(deps, rest)
      : await readServers(deps, undefined, scope);
  if (second === undefined) return undefined;
  return {
    candidates: [...first.candidates, ...second.candidates],
    taggedServers: tagged,
    complete: first.complete && second.complete,
    asOf: Math.min(begunAt, first.asOf, second.asOf),
    missingServers: first.missingServers,
  };
}

async function showPhones(
  { cph, clock }: Pick<RunDeps, 'cph' | 'clock'>,
  ids: readonly string[],
): Promise<Reading> {
  const asOf = clock.now();
  const limit = pLimit(SHOWS_AT_ONCE);
  const shown = await Promise.all(ids.map((id) => limit(() => cph.showPhone(id))));
  const candidates = shown.filter((phone) => phone !== undefined).map(toCandidate);
  return { candidates, complete: true, asOf, missingServers: [] };
}

/** Reads the phones of some servers, or of the whole fleet when `servers` is undefined or many. */
async function readServers(
  deps: Pick<RunDeps, 'store' | 'cph' | 'clock'>,
  servers: string[] | undefined,
  { requestedAt, until }: Scope,
): Promise<Reading | undefined> {
  const scopes: (string | undefined)[] =
    servers === undefined || servers.length > MAX_SERVERS ? [undefined] : servers;
  const asOf = deps.clock.now();
  const reading: Reading = { candidates: [], complete: true, asOf, missingServers: [] };
  for (const scope of scopes) {
    const read = readInventory(deps, scope, requestedAt, until);
    const inventory = await read.catch((error: unknown) => {
      if (scope === undefined || !isAbsent(error)) throw error;
      reading.missingServers.push(scope);
      return 'missing' as const;
    });
    if (inventory === 'missing') continue;
    if (inventory === undefined) return undefined;
    reading.complete &&= inventory.complete;
    reading.asOf = Math.min(reading.asOf, inventory.started_at);
    reading.candidates.push(...inventory.phones.map(toCandidate));
  }
  return reading;
}

function intersect(
  named: readonly string[] | undefined,
  tagged: ReadonlySet<string> | undefined,
): string[] | undefined {
  if (named === undefined) return tagged === undefined ? undefined : [...tagged].sort();
  return tagged === undefined ? [...named] : named.filter((id) => tagged.has(id));
}
