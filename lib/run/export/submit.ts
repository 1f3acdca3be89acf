import { PhonevaultError, withCleanup } from '../../errors.ts';
import type { RunEvent } from '../../ledger/run/events.ts';
import type { DriveDeps } from '../deps.ts';
import { layout } from '../../ledger/store/layout.ts';
import { splitList } from '../../ledger/store/parts/split.ts';
import { containFailure } from '../state/failures/contain-failure.ts';
import { stopsDrive } from '../state/failures/stops-drive.ts';
import { assertSoleWriter, flush, flushAll, type OpenRun, record } from '../state/open-run.ts';
import { stepsOf } from '../state/steps/agenda.ts';
import type { Step } from '../state/steps/next-step.ts';
import { type Batch, fillBatches, type InFlightJob } from './batches/batch.ts';
import { attemptOf } from './classify-response.ts';
import { callsAllowed, nextPartialAt } from '../reads/pace.ts';
import { learnLoad } from './batches/load.ts';
import { keepAccepted, otherSizes, sizesAhead } from './rate-limit.ts';
import { sendBatches, type Unsent, type Window } from './send-batch.ts';

const ATTEMPTS_PER_EVENT = 1_000;
/** Each run has an intent of its own: that takes time. */
const MAX_RUNS = 20;
/** What a window holds at most, so that its intents stay small. */
const MAX_PHONES = 20_000;
/** After so many accepted calls their size is known, or grows slowly. */
const MAX_TRIALS = 32;
/** Writing the intents leaves half of the time, and most of a minute, for the calls. */
const INTENTS_MS = 10_000;

/**
 * Sends the exports, restores and restarts that are due as one window: writes an intent to the log of each run, then sends the calls, then closes the
 * window in the log. Wherever this drive stops, the next one reads from the log which attempts CPH may have carried out. A run
 * whose intent cannot be written pauses, and nothing of it is sent. Runs for whose intents there is no time wait for the next window.
 * Returns whether there was anything to send.
 */
export async function submitWindow(
  deps: DriveDeps,
  runs: OpenRun[],
  inFlight: InFlightJob[],
): Promise<boolean> {
  const now = deps.clock.now();
  learnLoad(deps, runs);
  const limits = keepAccepted(deps.learned.limits, now);
  deps.learned.limits = limits;
  const calls = callsAllowed(limits, now);
  if (calls === 0) return false;
  const { phones_per_call: phonesPerCall } = limits;
  const partialFrom = nextPartialAt(limits, now);
  const sizes = sizesAhead(limits, Math.min(calls, MAX_TRIALS), now);
  const budget = { calls, phonesPerCall, sizes, otherSizes: otherSizes(limits), partialFrom };
  const batches = fillBatches(runs, inFlight, { ...budget, learned: limits }, now);
  const windows = windowsOf(batches);
  if (windows.size === 0) return false;

  const paused = new Set<OpenRun>();
  const intentsUntil = now + Math.min(INTENTS_MS, (deps.until - now) / 2);
  const send = async (): Promise<void> => {
    for (const { window } of windows.values()) {
      const { run } = window;
      const isWritten =
        deps.clock.now() < intentsUntil &&
        (await containFailure(deps, () => writeIntent(deps, window), { run }));
      if (!isWritten) paused.add(run);
    }
    for (const { window, batches: own } of windows.values()) {
      if (paused.has(window.run)) continue;
      await deps.meter.during(window.run, () => sendBatches(deps, window, own));
    }
  };
  await withCleanup(send, () => {
    for (const { window } of windows.values()) closeWindow(window, deps.clock.now());
    return flushAll(
      deps,
      [...windows.keys()].filter((run) => !paused.has(run)),
    );
  });
  return true;
}

/** Returns the windows of the first runs, in the order of their first batches, with as many batches as a window may hold. */
function windowsOf(batches: Batch[]): Map<OpenRun, { window: Window; batches: Batch[] }> {
  const windows = new Map<OpenRun, { window: Window; batches: Batch[] }>();
  let phones = 0;
  for (const batch of batches) {
    const { run, call, items } = batch;
    phones += items.length;
    const isFull = phones > MAX_PHONES || (windows.size >= MAX_RUNS && !windows.has(run));
    if (isFull && windows.size > 0) break;
    const window: Window = { run, id: '', unsent: new Map<string, Unsent>() };
    const known = windows.get(run) ?? { window, batches: [] };
    windows.set(run, known);
    known.batches.push(batch);
    for (const item of items) known.window.unsent.set(item.phoneId, { ...item, call });
  }
  return windows;
}

async function writeIntent(deps: DriveDeps, window: Window): Promise<void> {
  const { clock, writer } = deps;
  // While the log cannot be written, each try would add another intent to what is unwritten.
  if (window.run.unwritten.failed !== undefined) await writeLog(deps, window.run);
  window.id = `${writer.name}-${writer.next()}`;
  const at = clock.now();
  record(
    window.run,
    splitList([...window.unsent.values()].map(intentOf), ATTEMPTS_PER_EVENT).map((attempts) => ({
      ...{ type: 'intent', at, window: window.id },
      attempts,
    })),
  );
  await writeLog(deps, window.run);
  await assertSoleWriter(deps, window.run);
}

/** Returns an attempt as an intent names it. */
function intentOf({ call, command, ...item }: Unsent) {
  return {
    ...attemptOf(item),
    ...(call === 'export' ? {} : { call }),
    ...(command === undefined ? {} : { command }),
  };
}

/** Flushes the run. The error names the log, which OBS does not. */
async function writeLog(deps: DriveDeps, run: OpenRun): Promise<void> {
  try {
    await flush(deps, run);
  } catch (cause) {
    if (!(cause instanceof PhonevaultError) || stopsDrive(cause)) throw cause;
    const { code, retryable, message } = cause;
    const line = `${layout.log(run.runId)} cannot be written: ${message}`;
    throw new PhonevaultError(code, line, { retryable, cause });
  }
}

/** Returns the unsent attempts of a window in lists that fit into one event each. */
function attemptLists({ unsent }: Window) {
  return splitList([...unsent.values()].map(attemptOf), ATTEMPTS_PER_EVENT);
}

/** Records the attempts that were not sent. The caller flushes the runs. */
function closeWindow(window: Window, at: number): void {
  const { run, id, stopCode } = window;
  if (id !== '') {
    const lists = attemptLists(window);
    record(
      run,
      lists.map((attempts) => ({ type: 'unsent', at, window: id, attempts })),
    );
  }
  if (stopCode !== undefined) failUnsubmitted(run, stopCode, at);
}

const UNSUBMITTED = ['submit', 'await_state', 'await_thaw', 'await_export'] as const;

/** Fails all phones that have no job: nothing in the account can be exported. The export of a phone with a hook left has ended. */
function failUnsubmitted(run: OpenRun, code: string, at: number): void {
  const isAfter = (step: Step): boolean =>
    step.kind === 'submit' && step.command?.startsWith('after') === true;
  const phones = stepsOf(run, at, ...UNSUBMITTED).filter(({ step }) => !isAfter(step));
  const failed = { type: 'outcome', at, outcome: 'failed', reason: 'refused', code } as const;
  const events = phones.map(({ phone }): RunEvent => ({
    ...failed,
    phone_id: phone.planned.phone_id,
  }));
  record(run, events);
}
