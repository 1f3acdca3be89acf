import type { Provisioning } from '../../ledger/state/provisioning.ts';
import { layout, readPolicyKey } from '../../ledger/store/layout.ts';
import type { Policy } from '../../policy/schema/schema.ts';
import { type Candidate, selectPhones } from '../../policy/selection/select.ts';
import type { RunDeps } from '../deps.ts';
import { readPolicy } from '../state/read-policy.ts';

/** A policy that gives first backups. Times in epoch ms. */
export type FirstBackupPolicy = {
  name: string;
  /** Phones created before are not new to it. */
  since: number;
  /** When each phone's last first backup was asked for. */
  given: Readonly<Record<string, number>>;
  selects(phone: Candidate): boolean;
};

/**
 * The policies that give first backups now; the state is brought up to date with the bucket. One that is new to it
 * counts from `baseline` (epoch ms) on, as does one that was paused; one that was switched off is forgotten, one that cannot be read rests.
 */
export async function findFirstBackupPolicies(
  deps: Pick<RunDeps, 'store' | 'clock' | 'ledger' | 'cph'>,
  state: Provisioning,
  baseline: number,
): Promise<FirstBackupPolicy[]> {
  const policies: Provisioning['policies'] = {};
  const givers: FirstBackupPolicy[] = [];
  for (const { key, etag } of await deps.store.list(layout.policies)) {
    const name = readPolicyKey(key);
    if (name === undefined) continue;
    const known = state.policies[name];
    const isPaused = (known?.paused_until ?? 0) > deps.clock.now();
    const rests = known?.on === false && (known.paused_until === undefined || isPaused);
    if (known?.etag === etag && rests) {
      policies[name] = known;
      continue;
    }
    const { policy, paused_until } = await readOne(deps, name);
    const gives = policy === undefined || (policy.enabled && policy.on_provisioned);
    const on = policy !== undefined && gives && paused_until === undefined;
    const since = known?.since ?? baseline;
    const given = known?.given ?? {};
    policies[name] = {
      etag,
      on,
      given: gives ? given : {},
      ...(gives && paused_until === undefined ? { since } : {}),
      ...(paused_until === undefined ? {} : { paused_until }),
    };
    if (on) givers.push({ name, since, given, selects: await selector(deps, policy.select) });
  }
  state.policies = policies;
  return givers;
}

async function readOne(
  deps: Pick<RunDeps, 'store' | 'clock' | 'ledger'>,
  name: string,
): Promise<{ policy?: Policy; paused_until?: number }> {
  const parsed = (await readPolicy(deps, name))?.parsed;
  if (parsed?.ok !== true) return {};
  const { policy } = parsed;
  const until = policy.paused_until === undefined ? 0 : Date.parse(policy.paused_until);
  return until > deps.clock.now() ? { policy, paused_until: until } : { policy };
}

async function selector(
  deps: Pick<RunDeps, 'cph'>,
  select: Policy['select'],
): Promise<(phone: Candidate) => boolean> {
  const { server_tags: tags } = select;
  const context =
    tags === undefined ? {} : { taggedServers: new Set(await deps.cph.serversByTags(tags)) };
  return (phone) => selectPhones(select, [phone], context).selected.length > 0;
}
