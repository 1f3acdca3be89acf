import type { Cursor, Cursors } from '../../ledger/state/cursors.ts';
import { layout, readPolicyKey } from '../../ledger/store/layout.ts';
import { parsePolicy } from '../../policy/parse/parse.ts';
import type { RunDeps } from '../deps.ts';
import { sameRule } from '../query/freshness.ts';
import { noteMissed } from './note-missed.ts';

type Deps = Pick<RunDeps, 'clock' | 'log' | 'ledger' | 'store'>;

/** Brings what is known of the policies up to date with the bucket: one LIST, and a GET for each that changed. */
export async function readPolicyCursors(deps: Deps, known: Cursors, now: number): Promise<Cursors> {
  const cursors: Cursors = {};
  for (const { key, etag } of await deps.store.list(layout.policies)) {
    const policy = readPolicyKey(key);
    if (policy === undefined) continue;
    const before = known[policy];
    cursors[policy] =
      before?.etag === etag && isComplete(before)
        ? before
        : await readCursor(deps, policy, etag, before, now);
  }
  return cursors;
}

/** False for a cursor of an earlier version: the policy is read again. */
function isComplete({ active, freshness, on_provisioned }: Cursor): boolean {
  return on_provisioned !== undefined && (!active || freshness !== undefined);
}

async function readCursor(
  deps: Deps,
  policy: string,
  etag: string,
  before: Cursor | undefined,
  now: number,
): Promise<Cursor> {
  const object = await deps.store.get(layout.policy(policy));
  const parsed = parsePolicy(object?.body ?? '', {
    fileName: `${policy}.yaml`,
    ledger: deps.ledger,
  });
  if (!parsed.ok) {
    const fault = parsed.errors[0]?.message ?? 'cannot be read';
    deps.log.error('policy_invalid', { policy, message: fault });
    if (before?.active === true) await noteMissed(deps, policy, [], 'policy_invalid');
    return {
      etag,
      active: false,
      fault: fault.slice(0, 300),
      on_provisioned: before?.on_provisioned ?? false,
      since: now,
    };
  }
  const { enabled, schedule, paused_until, on_provisioned, deadline, notify } = parsed.policy;
  const active = enabled && schedule !== undefined;
  const goesOn = active && before?.active === true && sameRule(before.rule, schedule);
  // Slots of a pause that was lifted before its time are not made up for.
  const pausedTo = Math.min(before?.paused_until ?? 0, now);
  const { from = now, judged } = before?.freshness ?? {};
  return {
    etag,
    active,
    on_provisioned: enabled && on_provisioned,
    ...(schedule === undefined ? {} : { rule: schedule }),
    ...(paused_until === undefined ? {} : { paused_until: Date.parse(paused_until) }),
    since: goesOn ? Math.max(before.since, pausedTo) : now,
    ...(active
      ? {
          freshness: {
            from: goesOn ? Math.max(from, pausedTo) : now,
            deadline,
            language: notify.language,
            ...(judged === undefined ? {} : { judged }),
          },
        }
      : {}),
  };
}
