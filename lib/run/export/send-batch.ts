import { ServiceError } from '../../errors.ts';
import type { Call, RunEvent } from '../../ledger/run/events.ts';
import { attemptsAt } from '../../ledger/run/run-state.ts';
import type { Limits } from '../../ledger/state/limits.ts';
import type { DriveDeps } from '../deps.ts';
import { stopsDrive } from '../state/failures/stops-drive.ts';
import { containFailure } from '../state/failures/contain-failure.ts';
import { flush, type OpenRun, record } from '../state/open-run.ts';
import { pauseOf, postponedCalls, postponedUntil } from '../state/postponed.ts';
import type { Batch } from './batches/batch.ts';
import { sendItems } from './calls.ts';
import { attemptOf, classifyCall, classifyResponse, type Failure } from './classify-response.ts';
import { type Item, maxPhonesOf } from './batches/lanes.ts';
import { noteThrottled } from '../reads/learn-rate.ts';
import { callsAllowed, noteAnswered, noteSent } from '../reads/pace.ts';
import { noteAccepted, noteTooLarge, sizeOf } from './rate-limit.ts';

/** After this time a refusal that may be a fault of the settings counts as one, for each phone. */
const MAX_POSTPONED_MS = 10 * 60_000;
/** One phone may be the reason why CPH is busy: after so many postponed calls in a row, they get smaller. */
const CALLS_BEFORE_HALVING = 3;
/** A window is written to the log whenever so many events have come in. */
const FLUSH_EVENTS = 1_000;

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

/** Phones that one kind of call is to carry, in order. */
type Pool = Omit<Batch, 'run'>;

/**
 * Sends what a window holds of a run, in calls of the size that CPH accepts. Calls go at the same time; one of a size that was
 * never accepted goes alone. Stops when the time or the limits are used up.
 */
export async function sendBatches(
  deps: DriveDeps,
  window: Window,
  batches: Omit<Batch, 'run'>[],
): Promise<void> {
  const pools = poolsOf(batches);
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const send = async (pool: Pool, items: Item[]): Promise<void> => {
    try {
      pool.items.unshift(...(await sendCall(deps, window, { ...pool, items })));
      removeSent(window, items);
    } catch (error) {
      failures.push(error);
    }
  };
  for (;;) {
    await flushMany(deps, window.run);
    const pool = pools.find(({ items }) => items.length > 0);
    const isOver = pool === undefined || failures.length > 0 || mustStop(deps, window);
    if (isOver && running.size === 0) break;
    const size = pool === undefined ? 0 : callSize(deps, window, pool);
    const isTrial =
      pool !== undefined && size > (sizeOf(deps.learned.limits, pool.call).accepted_size ?? 0);
    if (isOver || running.size >= atOnce(deps.learned.limits) || (isTrial && running.size > 0)) {
      await Promise.race(running);
      continue;
    }
    const sending = send(pool, pool.items.splice(0, size)).finally(() => running.delete(sending));
    running.add(sending);
    if (isTrial) await sending;
  }
  if (failures.length > 0) throw failures[0];
}

/** When a drive is killed, the outcome of each call whose response is not in the log is unknown. */
async function flushMany(deps: DriveDeps, run: OpenRun): Promise<void> {
  if (run.unwritten.events.length < FLUSH_EVENTS) return;
  await containFailure(deps, () => flush(deps, run), { run });
}

function poolsOf(batches: Omit<Batch, 'run'>[]): Pool[] {
  const pools: Pool[] = [];
  for (const { items, ...call } of batches) {
    const isSame = (pool: Pool): boolean =>
      pool.call === call.call && pool.command === call.command;
    const known = pools.find(isSame);
    if (known === undefined) pools.push({ ...call, items: [...items] });
    else for (const item of items) known.items.push(item);
  }
  return pools;
}

function mustStop({ clock, until, learned }: DriveDeps, { run, stopCode }: Window): boolean {
  const now = clock.now();
  const pausedUntil = Math.max(run.retryAt.step, postponedUntil(run.state));
  const isPaused = now < pausedUntil || now >= until || stopCode !== undefined;
  return isPaused || callsAllowed(learned.limits, now) === 0;
}

function callSize({ learned }: DriveDeps, { run }: Window, { call, items }: Pool): number {
  const most = Math.min(sizeOf(learned.limits, call).phones_per_call, maxPhonesOf(run.state));
  return Math.min(items.length, most);
}

/**
 * While it is not known how many calls a minute are accepted, a refusal ends the growth before many calls follow. After one,
 * single calls show whether there is a limit.
 */
function atOnce({ refused_rate, refused_in_row }: Limits): number {
  if (refused_in_row !== undefined) return 1;
  return refused_rate === undefined ? 4 : 16;
}

/** Sends one call and records what it returns for each phone. Returns the phones that are to be sent in other calls. */
async function sendCall(
  deps: DriveDeps,
  window: Window,
  batch: Omit<Batch, 'run'>,
): Promise<Item[]> {
  const { run } = window;
  const { call, items } = batch;
  const { clock, learned } = deps;
  const sentAt = clock.now();
  learned.limits = noteSent(learned.limits, sentAt);
  const answered = (): number => {
    learned.limits = noteAnswered(learned.limits, sentAt, clock.now());
    return clock.now();
  };
  try {
    const response = await sendItems(deps.cph, run, batch);
    const at = answered();
    learn(deps, noteAccepted(learned.limits, items.length, at, call));
    record(run, classifyResponse(items, response, at));
    return [];
  } catch (error) {
    if (stopsDrive(error)) throw error;
    const failure = classifyCall(call, items, error, answered());
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
): Item[] {
  const { run } = window;
  const { limits } = deps.learned;
  const at = deps.clock.now();
  switch (failure.kind) {
    case 'throttled':
      learn(deps, noteThrottled(limits, at, failure.named));
      deps.meter.throttled(deps.learned.limits.blocked_until - at);
      return [];
    case 'too_large':
      learn(deps, noteTooLarge(limits, items.length, at, call));
      return items;
    case 'one_phone': {
      const size = Math.ceil(items.length / 2);
      record(run, [{ type: 'batch_size_reduced', at, size }]);
      return items;
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
  const attempts = items.map(attemptOf);
  const postponed = { type: 'postponed', at, window: id, attempts, code } as const;
  // Of calls that were sent at the same time, the first one counts.
  const pausedUntil = postponedUntil(run.state);
  if (at < pausedUntil) return [{ ...postponed, until: pausedUntil }];
  const calls = before.length + 1;
  const until = at + pauseOf(calls, random);
  if (calls < CALLS_BEFORE_HALVING || items.length === 1) return [{ ...postponed, until }];
  const size = Math.ceil(items.length / 2);
  return [
    { ...postponed, until },
    { type: 'batch_size_reduced', at, size },
  ];
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
