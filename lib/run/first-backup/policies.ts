import type { Provisioning } from '../../ledger/state/provisioning.ts';
import { layout, readPolicyKey } from '../../ledger/store/layout.ts';
import type { Phone } from '../../cloud/cph/phone.ts';
import type { Policy } from '../../policy/schema/schema.ts';
import { type Candidate, selectPhones } from '../../policy/selection/select.ts';
import { isUnreadable } from '../../ledger/store/object-error.ts';
import type { DriveDeps } from '../deps.ts';
import { readPolicy } from '../state/read-policy.ts';
import { isResting, noteUnreadable } from '../state/failures/resting.ts';

const SECOND = 1_000;

/** An enabled policy with `on_provisioned`. Times in epoch ms. */
export type FirstBackupPolicy = {
  name: string;
  /** Phones created before are not new to it. */
  since: number;
  /** When the last first backup of each phone was requested. */
  lastRequested: Readonly<Record<string, number>>;
  /** The tags that the phone's server must have. `selects` does not consider them before they are read. */
  tags?: Record<string, string[]>;
  /** True when they cannot be read now. */
  tagsUnknown?: true;
  selects(this: void, phone: Candidate): boolean;
};

/** The policies that were read, by name: a drive reads each version of a file once. */
export type PolicyFiles = Map<string, { etag: string; policy: Policy | undefined }>;

type Deps = Pick<DriveDeps, 'store' | 'clock' | 'ledger' | 'log' | 'unreadable'>;
type PolicyRead = { policy?: Policy | undefined; paused_until?: number };
type PolicyState = Provisioning['policies'][string];

/**
 * Returns the policies that request first backups now, and updates their state. A policy that is new, or was paused, counts
 * phones as new from `baseline` (epoch ms). A disabled policy is forgotten, an invalid or unreadable one keeps its state.
 */
export async function findFirstBackupPolicies(
  deps: Deps,
  state: Provisioning,
  baseline: number,
  files: PolicyFiles,
): Promise<FirstBackupPolicy[]> {
  const states: Provisioning['policies'] = {};
  const policies: FirstBackupPolicy[] = [];
  for (const { key, etag } of await deps.store.list(layout.policies)) {
    const name = readPolicyKey(key);
    if (name === undefined) continue;
    const known = state.policies[name];
    if (known?.etag === etag && isInactive(known, deps.clock.now())) {
      states[name] = known;
      continue;
    }
    const read = await readOrRest(deps, name, etag, files);
    if (read === undefined) {
      if (known !== undefined) states[name] = known;
      continue;
    }
    const { policy, paused_until } = read;
    const since = known?.since ?? baseline;
    const next = stateOf({ etag, policy, paused_until, since }, known);
    states[name] = next;
    if (policy === undefined || !next.on) continue;
    const lastRequested = known?.requested_at ?? {};
    policies.push({ name, since, lastRequested, ...selectorOf(policy.select) });
  }
  state.policies = states;
  return policies;
}

/** Returns undefined for a policy that cannot be read now. */
async function readOrRest(
  deps: Deps,
  name: string,
  etag: string,
  files: PolicyFiles,
): Promise<PolicyRead | undefined> {
  if (isResting(deps, layout.policy(name))) return undefined;
  try {
    return await readOne(deps, name, etag, files);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    noteUnreadable(deps, error);
    return undefined;
  }
}

/** Returns true for a phone created since the policy was first seen with `on_provisioned`. */
export function isNewTo({ since }: Pick<FirstBackupPolicy, 'since'>, phone: Phone): boolean {
  return phone.created_at !== undefined && phone.created_at + SECOND > since;
}

/** Returns true while an unchanged policy stays as it is: switched off, or paused. */
function isInactive({ on, paused_until }: PolicyState, now: number): boolean {
  return !on && (paused_until === undefined || paused_until > now);
}

function stateOf(
  read: {
    etag: string;
    policy?: Policy | undefined;
    paused_until?: number | undefined;
    since: number;
  },
  known: PolicyState | undefined,
): PolicyState {
  const { etag, policy, paused_until, since } = read;
  const isEnabled = policy === undefined || (policy.enabled && policy.on_provisioned);
  const requested_at = isEnabled ? (known?.requested_at ?? {}) : {};
  if (paused_until !== undefined) return { etag, on: false, requested_at, paused_until };
  const on = policy !== undefined && isEnabled;
  return { etag, on, requested_at, ...(isEnabled ? { since } : {}) };
}

async function readOne(
  deps: Deps,
  name: string,
  etag: string,
  files: PolicyFiles,
): Promise<PolicyRead> {
  const known = files.get(name);
  const policy = known?.etag === etag ? known.policy : await parseOne(deps, name);
  files.set(name, { etag, policy });
  const until = policy?.paused_until === undefined ? 0 : Date.parse(policy.paused_until);
  return until > deps.clock.now() ? { policy, paused_until: until } : { policy };
}

async function parseOne(deps: Deps, name: string): Promise<Policy | undefined> {
  const parsed = (await readPolicy(deps, name))?.parsed;
  return parsed?.ok === true ? parsed.policy : undefined;
}

function selectorOf(select: Policy['select']): Pick<FirstBackupPolicy, 'tags' | 'selects'> {
  const { server_tags: tags } = select;
  return {
    ...(tags === undefined ? {} : { tags }),
    selects: (phone) => {
      const context = { taggedServers: new Set([phone.server_id]) };
      return selectPhones(select, [phone], context).selected.length > 0;
    },
  };
}
