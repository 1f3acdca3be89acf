import type { Candidate } from '../../policy/selection/select.ts';
import { FRESH_MS } from '../reads/readings.ts';
import { taggedServers, tagsName } from '../reads/tagged-servers.ts';
import { contain } from '../state/failures/contain-failure.ts';
import type { RunDeps } from '../deps.ts';
import type { FirstBackupPolicy } from './policies.ts';

type Deps = Pick<RunDeps, 'log'> & Parameters<typeof taggedServers>[0];
type Tags = NonNullable<FirstBackupPolicy['tags']>;
/** `until`: no call begins later. `since`: when the newest phone was created; its server may not have been there before. Epoch ms. */
type Times = { until: number; since: number };

/**
 * Returns the policies with the tags of servers considered. Only those that select one of the phones but for its server's tags
 * need a reading, which equal tags and runs share. A policy whose tags cannot be read, or not in time, stays as it is and is
 * marked: its first backups wait, and those of the others do not.
 */
export async function readServerTags(
  deps: Deps,
  policies: FirstBackupPolicy[],
  phones: Candidate[],
  times: Times,
): Promise<FirstBackupPolicy[]> {
  const refused = new Set<string>();
  const result: FirstBackupPolicy[] = [];
  for (const policy of policies) {
    const { tags, selects } = policy;
    if (tags === undefined || !phones.some(selects)) {
      result.push(policy);
      continue;
    }
    const name = tagsName(tags);
    const tagged = refused.has(name) ? undefined : await read(deps, policy.name, tags, times);
    if (tagged === undefined) {
      refused.add(name);
      result.push({ ...policy, tagsUnknown: true });
      continue;
    }
    const isSelected = (phone: Candidate): boolean => selects(phone) && tagged.has(phone.server_id);
    result.push({ ...policy, selects: isSelected });
  }
  return result;
}

async function read(
  deps: Deps,
  policy: string,
  tags: Tags,
  { until, since }: Times,
): Promise<ReadonlySet<string> | undefined> {
  const now = deps.clock.now();
  let servers: ReadonlySet<string> | undefined;
  if (now >= until) return servers;
  await contain(deps, { event: 'first_backups_delayed', policy }, async () => {
    servers = await taggedServers(deps, tags, Math.max(now, since + FRESH_MS));
  });
  return servers;
}
