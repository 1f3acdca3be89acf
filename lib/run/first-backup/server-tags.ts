import type { Candidate } from '../../policy/selection/select.ts';
import type { RunDeps } from '../deps.ts';
import { contain } from '../state/failures/contain-failure.ts';
import type { FirstBackupPolicy } from './policies.ts';

type Deps = Pick<RunDeps, 'cph' | 'clock' | 'log'>;
type Tags = NonNullable<FirstBackupPolicy['tags']>;

/**
 * Returns the policies with the tags of servers considered. Only those that select one of the phones but for its server's tags
 * need a call, and equal tags share one. A policy whose tags cannot be read, or not before `until` (epoch ms), stays as it is and
 * is marked: its first backups wait, and those of the others do not.
 */
export async function readServerTags(
  deps: Deps,
  policies: FirstBackupPolicy[],
  phones: Candidate[],
  until: number,
): Promise<FirstBackupPolicy[]> {
  const known = new Map<string, Promise<ReadonlySet<string> | undefined>>();
  const read = (policy: string, tags: Tags): Promise<ReadonlySet<string> | undefined> => {
    const name = JSON.stringify(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1)));
    const servers = known.get(name) ?? taggedServers(deps, policy, tags, until);
    known.set(name, servers);
    return servers;
  };
  const result: FirstBackupPolicy[] = [];
  for (const policy of policies) {
    const { name, tags, selects } = policy;
    const tagged =
      tags === undefined || !phones.some(selects) ? 'unneeded' : await read(name, tags);
    if (tagged === 'unneeded') result.push(policy);
    else if (tagged === undefined) result.push({ ...policy, tagsUnknown: true });
    else {
      const isSelected = (phone: Candidate): boolean =>
        selects(phone) && tagged.has(phone.server_id);
      result.push({ ...policy, selects: isSelected });
    }
  }
  return result;
}

async function taggedServers(
  deps: Deps,
  policy: string,
  tags: Tags,
  until: number,
): Promise<ReadonlySet<string> | undefined> {
  let servers: ReadonlySet<string> | undefined;
  if (deps.clock.now() >= until) return servers;
  await contain(deps, { event: 'first_backups_delayed', policy }, async () => {
    servers = new Set(await deps.cph.serversByTags(tags));
  });
  return servers;
}
