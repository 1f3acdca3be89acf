import type { Cph } from '../../cloud/cph/cph.ts';
import { FRESH_MS, type Readings, recallReadings } from './readings.ts';

type Deps = Parameters<typeof recallReadings>[0] & {
  cph: Pick<Cph, 'serversByTags'>;
  readings: Readings;
};

/** Returns the same name for the same tags, in whatever order they are written. */
export function tagsName(tags: Record<string, string[]>): string {
  return JSON.stringify(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Returns the servers that have all these tags. A reading since a minute before `requestedAt` (epoch ms) is used again, whoever
 * made it.
 */
export async function taggedServers(
  deps: Deps,
  tags: Record<string, string[]>,
  requestedAt: number,
): Promise<ReadonlySet<string>> {
  const readings = await recallReadings(deps);
  const name = tagsName(tags);
  const known = readings.tags.get(name);
  if (known !== undefined && known.read_at >= requestedAt - FRESH_MS) return new Set(known.servers);
  const read_at = deps.clock.now();
  const servers = await deps.cph.serversByTags(tags);
  readings.tags.set(name, { tags: name, read_at, servers });
  readings.isChanged = true;
  return new Set(servers);
}
