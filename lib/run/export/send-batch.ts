import { ServiceError } from '../../errors.ts';
import type { Call, RunEvent } from '../../ledger/run/events.ts';
import { attemptsAt } from '../../ledger/run/run-state.ts';
import type { Limits } from '../../ledger/state/limits.ts';
import type { DriveDeps } from '../deps.ts';
import { stopsDrive } from '../state/failures/stops-drive.ts';
import { type OpenRun, record } from '../state/open-run.ts';
import { pauseOf, postponedCalls, postponedUntil } from '../state/postponed.ts';
import type { Batch } from './batch.ts';
import { sendItems } from './calls.ts';
import { attemptOf, classifyCall, classifyResponse, type Failure } from './classify-response.ts';
import type { Item } from './lanes.ts';
import { callsAllowed, noteSent, noteThrottled } from '../reads/pace.ts';
import { noteAccepted, noteTooLarge, sizeOf } from './rate-limit.ts';

/** After this time a refusal that may be a fault of the settings counts as one, for each phone. */
const MAX_POSTPONED_MS = 10 * 60_000;
/** One phone may be the reason why CPH is busy: after so many postponed calls in a row, they get smaller. */
const CALLS_BEFORE_HALVING = 3;

export type Unsent = Item & { call: Call };

/** Attempts of one run whose intent is in its log before they are sent. */
export type Window = {
  run: OpenRun;
  /** Empty until the intent is written. */
  id: string;
  unsent: Map<string, Unsent>;
  /** The error code of CPH for an account in which nothing can be exported. */
  stopCode?: string;
};

/** Sends a batch of a window, in smaller calls when CPH refuses its size. Stops when the time or the limits are used up. */
export async function sendBatch(
  deps: DriveDeps,
  window: Window,
  { items, ...call }: Omit<Batch, 'run'>,
): Promise<void> {
  const queue = [items];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const now = deps.clock.now();
    const { retryAt, state } = window.run;
    const mustStop = now < Math.max(retryAt.step, postponedUntil(state)) || now >= deps.until;
    if (mustStop || window.stopCode !== undefined) return;
    if (callsAllowed(deps.learned.limits, now) === 0) return;
    queue.unshift(...(await sendCall(deps, window, { ...call, items: next })));
    removeSent(window, next);
  }
}

/** Sends one call and records what it returns for each phone. Returns the smaller calls to send instead, if any. */
async function sendCall(
  deps: DriveDeps,
  window: Window,
  batch: Omit<Batch, 'run'>,
): Promise<Item[][]> {
  const { run } = window;
  const { call, items } = batch;
  const { learned } = deps;
  learned.limits = noteSent(learned.limits, deps.clock.now());
  try {
    const response = await sendItems(deps.cph, run, batch);
    const at = deps.clock.now();
    learn(deps, noteAccepted(learned.limits, items.length, at, call));
    record(run, classifyResponse(items, response, at));
    return [];
  } catch (error) {
    if (stopsDrive(error)) throw error;
    const failure = classifyCall(call, items, error, deps.clock.now());
    deps.log.warn('call_refused', {
      run: run.runId,
      policy: run.request.policy,
      ...(call === 'export' ? {} : { call }),
      phones: items.length,
      reason: failure.kind,
      code: error instanceof ServiceError ? (error.serviceCode ?? error.code) : undefined,
    });
    return handleFailure(deps, window, batch, failure);
  }
}

function handleFailure(
  deps: DriveDeps,
  window: Window,
  { call, items }: Omit<Batch, 'run'>,
  failure: Failure,
): Item[][] {
  const { run } = window;
  const { limits } = deps.learned;
  const at = deps.clock.now();
  switch (failure.kind) {
    case 'throttled':
      learn(deps, noteThrottled(limits, at));
      deps.meter.throttled(deps.learned.limits.blocked_until - at);
      return [];
    case 'too_large':
      learn(deps, noteTooLarge(limits, items.length, at, call));
      return chunks(items, sizeOf(deps.learned.limits, call).phones_per_call);
    case 'one_phone': {
      const size = Math.ceil(items.length / 2);
      record(run, [{ type: 'batch_size_reduced', at, size }]);
      return chunks(items, size);
    }
    case 'postponed':
      record(run, postpone(deps, window, items, failure));
      return [];
    case 'stop':
      window.stopCode = failure.code;
      record(run, failure.events);
      return [];
    case 'refused':
    case 'outcome_unknown':
      record(run, failure.events);
      return [];
  }
}

/** Returns the event that postpones a call, or those that refuse its phones when that has lasted too long. */
function postpone(
  { clock, random }: Pick<DriveDeps, 'clock' | 'random'>,
  { run, id }: Window,
  items: Item[],
  { code, orElse }: Extract<Failure, { kind: 'postponed' }>,
): RunEvent[] {
  const at = clock.now();
  const before = postponedCalls(run.state);
  const since = before[0]?.at ?? at;
  if (orElse !== undefined && at - since >= MAX_POSTPONED_MS) return orElse;
  const calls = before.length + 1;
  const until = at + pauseOf(calls, random);
  const attempts = items.map(attemptOf);
  const postponed: RunEvent = { type: 'postponed', at, window: id, attempts, code, until };
  if (calls < CALLS_BEFORE_HALVING || items.length === 1) return [postponed];
  const size = Math.ceil(items.length / 2);
  return [postponed, { type: 'batch_size_reduced', at, size }];
}

/** Replaces the learned limits and logs when they rise or fall. */
function learn({ log, learned }: Pick<DriveDeps, 'log' | 'learned'>, limits: Limits): void {
  const before = learned.limits;
  learned.limits = limits;
  const { phones_per_call, calls_per_minute } = limits;
  const fields = { phones_per_call, calls_per_minute };
  const sizeChange = phones_per_call - before.phones_per_call;
  const rateChange = calls_per_minute - before.calls_per_minute;
  if (sizeChange < 0 || rateChange < 0) log.warn('limits_lowered', fields);
  else if (sizeChange > 0 || rateChange > 0) log.info('limits_raised', fields);
}

function chunks<T>(items: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** Removes the items from `unsent` whose attempt has a response, lost its response, or was postponed. */
function removeSent({ run, id, unsent }: Window, items: Item[]): void {
  for (const { phoneId, attempt } of items) {
    const phone = run.state.phones.get(phoneId);
    const known = phone && attemptsAt(phone, attempt).get(attempt);
    if (known === undefined) continue;
    const { accepted, refused, unknown, windows } = known;
    const isSent = accepted.length > 0 || refused !== undefined || unknown !== undefined;
    if (isSent || windows.get(id) === 'unsent') unsent.delete(phoneId);
  }
}
