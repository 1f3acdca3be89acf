import { PhonevaultError } from '../../errors.ts';
import { phoneState } from '../../policy/selection/states.ts';
import type { Phone } from '../../cloud/cph/phone.ts';
import type { RunDeps } from '../deps.ts';
import { type OpenRun, record } from '../state/open-run.ts';
import { stopsDrive } from '../state/failures/stops-drive.ts';
import { stepsOf } from '../state/steps/agenda.ts';

const LOOKUP_EVERY_MS = 20_000;
const MAX_CALLS_PER_LOOKUP = 20;
/** For so many phones of a server, one page of its list costs less than a call for each phone. */
const MIN_PHONES_TO_LIST = 3;

/**
 * Looks up phones in a transient state, and phones that CPH refused because of their state. An exportable phone becomes
 * ready. A phone that is stuck, or still transient when its wait is over, is skipped with its state as the reason; after a
 * restart it has failed or timed out. A phone that no longer exists fails.
 */
export async function awaitPhones(
  deps: Pick<RunDeps, 'cph' | 'clock'>,
  run: OpenRun,
): Promise<void> {
  const now = deps.clock.now();
  if (run.plan?.terms === undefined || now < run.retryAt.phoneStates) return;
  const waiting = stepsOf(run, now, 'await_state')
    .map(({ phone: { planned }, step: { until, restarted = false } }) => ({
      ...{ ...planned, until, restarted },
    }))
    .sort(byUrgency(run.retryAt.phoneSeenAt, now));
  if (waiting.length === 0) return;
  run.retryAt.phoneStates = now + LOOKUP_EVERY_MS;

  const { phones, failure } = await lookUp(deps, waiting);
  const at = deps.clock.now();
  for (const { phone_id, until, restarted } of waiting) {
    const phone = phones.get(phone_id);
    // No call was left for it. It is looked up before its wait counts as over.
    if (phone === undefined) continue;
    run.retryAt.phoneSeenAt.set(phone_id, at);
    if (phone === null) {
      record(run, [{ type: 'outcome', at, phone_id, outcome: 'failed', reason: 'not_found' }]);
      continue;
    }
    const { status } = phone;
    const state = phoneState(status);
    if (state === 'exportable') record(run, [{ type: 'ready', at, phone_id }]);
    else if (state === 'stuck' || now >= until) {
      const outcome = !restarted ? 'skipped' : state === 'stuck' ? 'failed' : 'timed_out';
      record(run, [{ type: 'outcome', at, phone_id, outcome, reason: status }]);
    }
  }
  if (failure !== undefined) throw failure;
}

type Waiting = { phone_id: string; until: number };

/** Sorts phones whose wait is over first, then by their last lookup, oldest first, then by the end of their wait. */
function byUrgency(lookedUpAt: ReadonlyMap<string, number>, now: number) {
  const isOver = ({ until }: Waiting): number => (now >= until ? 0 : 1);
  const lastLookup = ({ phone_id }: Waiting): number => lookedUpAt.get(phone_id) ?? 0;
  return (a: Waiting, b: Waiting): number =>
    isOver(a) - isOver(b) || lastLookup(a) - lastLookup(b) || a.until - b.until;
}

/** `phones` by id: null for one that no longer exists. `failure`: the first failed call, which concerns only what it asked for. */
type LookedUp = { phones: Map<string, Phone | null>; failure?: PhonevaultError };

/** Looks up phones. Those for which no call is left, or whose call failed, are missing. After a throttled call none follows. */
async function lookUp(
  deps: Pick<RunDeps, 'cph'>,
  waiting: { phone_id: string; server_id: string }[],
): Promise<LookedUp> {
  const found = new Map<string, Phone | null>();
  const byServer = new Map<string, string[]>();
  for (const { phone_id, server_id } of waiting) {
    byServer.set(server_id, [...(byServer.get(server_id) ?? []), phone_id]);
  }
  const looked: LookedUp = { phones: found };
  let callsLeft = MAX_CALLS_PER_LOOKUP;
  const attempt = async (call: () => Promise<void>): Promise<void> => {
    if (callsLeft <= 0) return;
    callsLeft -= 1;
    try {
      await call();
    } catch (error) {
      if (!(error instanceof PhonevaultError) || stopsDrive(error)) throw error;
      looked.failure ??= error;
      if (error.code === 'throttled') callsLeft = 0;
    }
  };
  for (const [serverId, phoneIds] of byServer) {
    if (phoneIds.length >= MIN_PHONES_TO_LIST) {
      await attempt(async () => {
        const { phones } = await deps.cph.listPhones({ offset: 0, limit: 100, serverId });
        for (const phone of phones) found.set(phone.phone_id, phone);
      });
    }
    for (const phoneId of phoneIds) {
      if (found.has(phoneId)) continue;
      await attempt(
        async () => void found.set(phoneId, (await deps.cph.showPhone(phoneId)) ?? null),
      );
    }
  }
  return looked;
}
