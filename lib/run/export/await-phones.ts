import type { RunEvent } from '../../ledger/run/events.ts';
import { phoneState } from '../../policy/selection/states.ts';
import type { Phone } from '../../cloud/cph/phone.ts';
import type { RunDeps } from '../deps.ts';
import { type OpenRun, record } from '../state/open-run.ts';
import { phoneSteps } from '../state/phone-steps.ts';

const LOOK_EVERY_MS = 20_000;
const CALLS_A_LOOK = 20;
/** From here on one page of the server's phones is cheaper than a call for each. */
const LIST_FROM = 3;

/**
 * Looks again at phones in a passing state, while the others go on, and at those that CPH refused for their state. One that
 * is exportable is ready; one that got stuck, vanished or is still passing when the wait is over ends as skipped, its state
 * the reason.
 */
export async function awaitPhones(
  deps: Pick<RunDeps, 'cph' | 'clock'>,
  run: OpenRun,
): Promise<void> {
  const now = deps.clock.now();
  if (run.plan?.terms === undefined || now < run.retryAt.phoneStates) return;
  const waiting = phoneSteps(run, now)
    .flatMap(({ phone, step }) =>
      step.kind === 'await_state' ? [{ ...phone.planned, until: step.until }] : [],
    )
    .sort(byNeed(run.retryAt.phoneSeenAt, now));
  if (waiting.length === 0) return;
  run.retryAt.phoneStates = now + LOOK_EVERY_MS;

  const seen = await lookup(deps, waiting);
  const at = deps.clock.now();
  for (const { phone_id, until } of waiting) {
    const found = seen.get(phone_id);
    // Not looked at this time: it has its turn once those before it are through, though its wait is over.
    if (found === undefined) continue;
    run.retryAt.phoneSeenAt.set(phone_id, at);
    if (found === null) {
      record(run, [{ type: 'outcome', at, phone_id, outcome: 'failed', reason: 'not_found' }]);
      continue;
    }
    const { status } = found;
    const state = phoneState(status);
    if (state === 'exportable') record(run, [{ type: 'ready', at, phone_id }]);
    else if (state === 'stuck' || now >= until) {
      record(run, [skipped(phone_id, status, at)]);
    }
  }
}

type Waiting = { phone_id: string; until: number };

/** Those whose wait is over first, then those not seen for longest, of these the ones whose wait ends first. */
function byNeed(seen: ReadonlyMap<string, number>, now: number) {
  const isOver = ({ until }: Waiting): number => (now >= until ? 0 : 1);
  const seenAt = ({ phone_id }: Waiting): number => seen.get(phone_id) ?? 0;
  return (a: Waiting, b: Waiting): number =>
    isOver(a) - isOver(b) || seenAt(a) - seenAt(b) || a.until - b.until;
}

function skipped(phone_id: string, reason: string, at: number): RunEvent {
  return { type: 'outcome', at, phone_id, outcome: 'skipped', reason };
}

/** The phones as they are now; null for one that is gone, nothing for one that was not looked at this time. */
async function lookup(
  deps: Pick<RunDeps, 'cph'>,
  waiting: { phone_id: string; server_id: string }[],
): Promise<Map<string, Phone | null>> {
  const seen = new Map<string, Phone | null>();
  const byServer = new Map<string, string[]>();
  for (const { phone_id, server_id } of waiting) {
    byServer.set(server_id, [...(byServer.get(server_id) ?? []), phone_id]);
  }
  let calls = CALLS_A_LOOK;
  for (const [serverId, phoneIds] of byServer) {
    if (phoneIds.length >= LIST_FROM && calls > 0) {
      calls -= 1;
      const { phones } = await deps.cph.listPhones({ offset: 0, limit: 100, serverId });
      for (const phone of phones) seen.set(phone.phone_id, phone);
    }
    for (const phoneId of phoneIds) {
      if (seen.has(phoneId) || calls <= 0) continue;
      calls -= 1;
      seen.set(phoneId, (await deps.cph.showPhone(phoneId)) ?? null);
    }
  }
  return seen;
}
