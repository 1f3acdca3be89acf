import type { Cursor, Cursors } from '../../ledger/state/cursors.ts';
import { layout, readPolicyKey } from '../../ledger/store/layout.ts';
import type { Policy } from '../../policy/schema/schema.ts';
import type { RunDeps } from '../deps.ts';
import { sameRule } from '../query/freshness.ts';
import { readPolicy } from '../state/read-policy.ts';
import { noteMissed } from './request-slot.ts';

type Deps = Pick<RunDeps, 'clock' | 'log' | 'ledger' | 'store'>;

/** Returns the cursors as of `now` (epoch ms): one LIST of the policy files, and a GET for each that changed. */
export async function readPolicyCursors(deps: Deps, known: Cursors, now: number): Promise<Cursors> {
  const cursors: Cursors = {};
  for (const { key, etag } of await deps.store.list(layout.policies)) {
    const policy = readPolicyKey(key);
    if (policy === undefined) continue;
    const before = known[policy];
    if (before?.etag === etag) {
      cursors[policy] = before;
      continue;
    }
    const parsed = (await readPolicy(deps, policy))?.parsed;
    if (parsed?.ok === true) {
      cursors[policy] = cursorOf(parsed.policy, etag, before, now);
      continue;
    }
    const message = parsed?.errors[0]?.message ?? 'the file does not exist';
    deps.log.error('policy_invalid', { policy, message });
    if (before?.active === true) await noteMissed(deps, policy, [], 'policy_invalid');
    cursors[policy] = {
      etag,
      active: false,
      error: message.slice(0, 300),
      on_provisioned: before?.on_provisioned ?? false,
      handled_until: now,
    };
  }
  return cursors;
}

/** Returns the cursor of a valid policy. Slots count from now for one that is new, was inactive or has another rule. */
function cursorOf(
  { enabled, schedule, paused_until, on_provisioned, deadline, notify }: Policy,
  etag: string,
  before: Cursor | undefined,
  now: number,
): Cursor {
  const pause = paused_until === undefined ? {} : { paused_until: Date.parse(paused_until) };
  const cursor = { etag, on_provisioned: enabled && on_provisioned, ...pause };
  if (schedule === undefined) return { ...cursor, active: false, handled_until: now };
  if (!enabled) return { ...cursor, active: false, schedule, handled_until: now };
  const freshness = { counts_from: now, deadline, language: notify.language };
  const started = { ...cursor, active: true, schedule, handled_until: now, freshness };
  if (before?.active !== true || !sameRule(before.schedule, schedule)) return started;

  // A pause may have ended early: the slots up to now are not run afterwards.
  const pausedTo = Math.min(before.paused_until ?? 0, now);
  const { counts_from = now, checked_slot } = before.freshness ?? {};
  return {
    ...started,
    handled_until: Math.max(before.handled_until, pausedTo),
    freshness: {
      ...freshness,
      counts_from: Math.max(counts_from, pausedTo),
      ...(checked_slot === undefined ? {} : { checked_slot }),
    },
  };
}
