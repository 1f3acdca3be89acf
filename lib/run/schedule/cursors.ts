import type { Cursor, Cursors } from '../../ledger/state/cursors.ts';
import { putUnreadablePolicy } from '../../ledger/hints/unreadable-policy.ts';
import { layout, readPolicyKey } from '../../ledger/store/layout.ts';
import { isUnreadable } from '../../ledger/store/object-error.ts';
import type { Policy } from '../../policy/schema/schema.ts';
import { messageZone } from '../../policy/slots/zones.ts';
import type { RunDeps } from '../deps.ts';
import { sameRule } from '../freshness/judge.ts';
import { contain } from '../state/failures/contain-failure.ts';
import { readPolicy } from '../state/read-policy.ts';
import { noteMissed } from './request-slot.ts';

const FIRST_PAUSE_MS = 60_000;
const MAX_PAUSE_MS = 30 * 60_000;

type Deps = Pick<RunDeps, 'clock' | 'log' | 'ledger' | 'store'>;

/**
 * Returns the cursors: one LIST of the policy files, and a GET for each that changed. Slots of new policies count from `from`
 * (epoch ms). For freshness they count from then too, or from when the file was written if the cursors are `lost`. A policy whose file cannot be read keeps its cursor, and is tried again with growing pauses.
 */
export async function readPolicyCursors(
  deps: Deps,
  known: Cursors,
  from: number,
  { lost = false }: { lost?: boolean } = {},
): Promise<Cursors> {
  const cursors: Cursors = {};
  for (const { key, etag, lastModified } of await deps.store.list(layout.policies)) {
    const policy = readPolicyKey(key);
    if (policy === undefined) continue;
    const before = known[policy];
    if (before?.etag === etag) {
      cursors[policy] = { ...before };
      delete cursors[policy].unread;
      continue;
    }
    const resting = before ?? { etag: '', active: false, handled_until: from };
    cursors[policy] = resting;
    if (resting.unread?.etag === etag && deps.clock.now() < resting.unread.retry_at) continue;
    const failure = await contain(deps, { event: 'policy_delayed', policy }, async () => {
      const cursor = await readCursor(deps, policy, etag, { before, from });
      const isNew = lost && before === undefined;
      cursors[policy] = isNew ? countingFrom(cursor, lastModified) : cursor;
    });
    if (!isUnreadable(failure)) continue;
    cursors[policy] = restCursor(resting, etag, deps.clock.now());
    await contain(deps, { event: 'policy_delayed', policy }, () =>
      putUnreadablePolicy(deps.store, { policy }),
    );
  }
  return cursors;
}

function countingFrom(cursor: Cursor, counts_from: number): Cursor {
  const { freshness } = cursor;
  return freshness === undefined ? cursor : { ...cursor, freshness: { ...freshness, counts_from } };
}

/** Returns the cursor of a policy whose file cannot be read now (epoch ms): all else stays as it was. */
function restCursor(cursor: Cursor, etag: string, now: number): Cursor {
  const attempts = (cursor.unread?.etag === etag ? cursor.unread.attempts : 0) + 1;
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), MAX_PAUSE_MS);
  return { ...cursor, unread: { etag, attempts, retry_at: now + pause } };
}

/** Returns the cursor of a changed policy file. Throws ObjectError. */
async function readCursor(
  deps: Deps,
  policy: string,
  etag: string,
  { before, from }: { before: Cursor | undefined; from: number },
): Promise<Cursor> {
  const parsed = (await readPolicy(deps, policy))?.parsed;
  if (parsed?.ok === true) {
    const { policy: own } = parsed;
    return { ...cursorOf(own, etag, before, from), ...drillCursor(own, before, from) };
  }
  const message = parsed?.errors[0]?.message ?? 'the file does not exist';
  deps.log.error('policy_invalid', { policy, message });
  if (before?.active === true) await noteMissed(deps, policy, [], 'policy_invalid');
  return {
    etag,
    active: false,
    error: message.slice(0, 300),
    on_provisioned: before?.on_provisioned ?? false,
    ...(before?.locale === undefined ? {} : { locale: before.locale }),
    handled_until: from,
  };
}

/** Returns the cursor of a valid policy. Slots count from now for one that is new, was inactive or has another rule. */
function cursorOf(policy: Policy, etag: string, before: Cursor | undefined, now: number): Cursor {
  const { enabled, schedule, paused_until, on_provisioned, deadline, objective, notify } = policy;
  const pause = paused_until === undefined ? {} : { paused_until: Date.parse(paused_until) };
  const locale = { language: notify.language, timezone: messageZone(policy) };
  const cursor = { etag, on_provisioned: enabled && on_provisioned, locale, ...pause };
  if (schedule === undefined) return { ...cursor, active: false, handled_until: now };
  if (!enabled) return { ...cursor, active: false, schedule, handled_until: now };
  const freshness = { counts_from: now, deadline, objective, language: notify.language };
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

/** Returns the cursor of a policy's drills, which count from now when they are new or have another rule. */
function drillCursor(
  { enabled, drill }: Policy,
  before: Cursor | undefined,
  now: number,
): Pick<Cursor, 'drill'> {
  if (!enabled || drill === undefined) return {};
  const known = before?.drill;
  if (known !== undefined && sameRule(known, drill.schedule)) return { drill: known };
  return { drill: { ...drill.schedule, handled_until: now, counts_from: now } };
}
