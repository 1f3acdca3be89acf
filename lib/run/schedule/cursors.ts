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
      fault: message.slice(0, 300),
      on_provisioned: before?.on_provisioned ?? false,
      since: now,
    };
  }
  return cursors;
}

/** Slots count from now on for a policy that is new, was inactive or has another rule. */
function cursorOf(
  { enabled, schedule, paused_until, on_provisioned, deadline, notify }: Policy,
  etag: string,
  before: Cursor | undefined,
  now: number,
): Cursor {
  const pause = paused_until === undefined ? {} : { paused_until: Date.parse(paused_until) };
  const cursor = { etag, on_provisioned: enabled && on_provisioned, ...pause };
  if (schedule === undefined) return { ...cursor, active: false, since: now };
  if (!enabled) return { ...cursor, active: false, rule: schedule, since: now };
  const freshness = { from: now, deadline, language: notify.language };
  const started = { ...cursor, active: true, rule: schedule, since: now, freshness };
  if (before?.active !== true || !sameRule(before.rule, schedule)) return started;

  // A pause may have ended early: the slots up to now are not run afterwards.
  const pausedTo = Math.min(before.paused_until ?? 0, now);
  const { from = now, judged } = before.freshness ?? {};
  return {
    ...started,
    since: Math.max(before.since, pausedTo),
    freshness: {
      ...freshness,
      from: Math.max(from, pausedTo),
      ...(judged === undefined ? {} : { judged }),
    },
  };
}
