import { isAbsent } from '../../cloud/request/request.ts';
import type { Policy } from '../../policy/schema/schema.ts';
import type { Candidate } from '../../policy/selection/select.ts';
import { toCandidate } from '../deps.ts';
import { saveReadings } from '../reads/readings.ts';
import { taggedServers } from '../reads/tagged-servers.ts';
import { pagesLeft, type ReadDeps, readInventory, recallInventory } from './inventory.ts';
import { readNamed } from './named-phones.ts';

/** So few are read one by one, whatever the size of the fleet. */
const FEW_SERVERS = 4;
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
 * Returns the phones that a selection may choose from, read with the fewest calls: the phones of the request or of the
 * selection, its servers, or the whole fleet. A phone of the request is absent only if CPH does not list it. Returns undefined
 * when reading takes longer than `until`.
 */
export async function findCandidates(
  deps: ReadDeps,
  select: Policy['select'],
  scope: Scope,
): Promise<FoundCandidates | undefined> {
  const begunAt = deps.clock.now();
  const { server_tags: tags } = select;
  const named = scope.only ?? select.phones;
  let tagged: ReadonlySet<string> | undefined;
  let read: Awaited<ReturnType<typeof readServers | typeof readNamed>>;
  try {
    tagged = tags && (await taggedServers(deps, tags, scope.requestedAt));
    read = await (named === undefined
      ? readServers(deps, intersect(select.servers, tagged), scope)
      : readNamed(deps, named, scope));
  } finally {
    if (read === undefined) await saveReadings(deps);
  }
  if (read === undefined) return undefined;
  return { missingServers: [], ...read, taggedServers: tagged, asOf: Math.min(begunAt, read.asOf) };
}

/** Reads the phones of some servers, or of the whole fleet when `servers` is undefined or its list takes fewer calls. */
async function readServers(
  deps: ReadDeps,
  servers: string[] | undefined,
  { requestedAt, until }: Scope,
): Promise<Reading | undefined> {
  const scopes = servers !== undefined && (await isCheaper(deps, servers)) ? servers : [undefined];
  const asOf = deps.clock.now();
  const reading: Reading = { candidates: [], complete: true, asOf, missingServers: [] };
  for (const scope of scopes) {
    const read = readInventory(deps, scope, { requestedAt, until });
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

/** Returns whether reading each of these servers takes fewer calls than reading the fleet, as far as its size is known. */
async function isCheaper(deps: ReadDeps, servers: string[]): Promise<boolean> {
  if (servers.length <= FEW_SERVERS) return true;
  const fleet = await recallInventory(deps, undefined);
  const pages = fleet && pagesLeft(fleet.inventory);
  return servers.length <= Math.min(pages ?? MAX_SERVERS, MAX_SERVERS);
}

function intersect(
  named: readonly string[] | undefined,
  tagged: ReadonlySet<string> | undefined,
): string[] | undefined {
  if (named === undefined) return tagged === undefined ? undefined : [...tagged].sort();
  return tagged === undefined ? [...named] : named.filter((id) => tagged.has(id));
}
