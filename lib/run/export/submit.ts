import { ServiceError } from '../../errors.ts';
import type { StorageInfo } from '../../cloud/cph/job.ts';
import type { RunEvent } from '../../ledger/run/events.ts';
import type { Limits } from '../../ledger/state/limits.ts';
import { archiveKey } from '../../policy/keys/keys.ts';
import { assertSoleWriter } from '../state/sole-writer.ts';
import { type Batch, cutBatches, type Item, type InFlightJob } from './batch.ts';
import type { RunDeps } from '../deps.ts';
import { classifyResponse, classifyError, attemptOf } from './classify-response.ts';
import { flushAll, type OpenRun, record, steps, type Writer } from '../state/open-run.ts';
import { stopsDrive } from '../state/stops-drive.ts';
import { callsAllowed, noteAccepted, noteSent, noteThrottled, noteTooMany } from './rate-limit.ts';

const REST_MS = 20_000;

/** What one invocation carries along while it drives. */
export type Session = {
  writer: Writer;
  limits: Limits;
  inFlight: InFlightJob[];
  /** No call is begun after this time (epoch ms). */
  until: number;
};

/**
 * Sends the exports that are due, as one window: first an intent in the log of each run concerned, then the
 * calls, then an entry that closes the window. Whatever happens in between, a later drive reads which tries
 * may have been carried out. Answers whether there was anything to send.
 */
export async function submitWindow(
  deps: RunDeps,
  runs: OpenRun[],
  session: Session,
): Promise<boolean> {
  const now = deps.clock.now();
  const calls = callsAllowed(session.limits, now);
  if (calls === 0) return false;
  const limits = { calls, phonesPerCall: session.limits.phones_per_call };
  const batches = cutBatches(runs, session.inFlight, limits, now);
  if (batches.length === 0) return false;

  const windows = new Map<OpenRun, Open>();
  for (const { run, items } of batches) {
    const open = windows.get(run) ?? { window: '', unsent: new Map<string, Item>() };
    for (const item of items) open.unsent.set(item.phoneId, item);
    windows.set(run, open);
  }

  try {
    for (const [run, open] of windows) {
      await deps.meter.during(run, () => declare(deps, run, open, session.writer));
    }
    for (const batch of batches) {
      await deps.meter.during(batch.run, () => sendBatch(deps, batch, windows, session));
    }
  } finally {
    for (const [run, open] of windows) close(deps, run, open);
    await flushAll(deps, [...windows.keys()], session.writer);
  }
  return true;
}

/** What was not sent is free again; the log learns of it with the next entry, should this one fail. */
function close(deps: RunDeps, run: OpenRun, open: Open): void {
  const at = deps.clock.now();
  if (open.window !== '' && open.unsent.size > 0) {
    const attempts = [...open.unsent.values()].map(attemptOf);
    record(run, [{ type: 'unsent', at, window: open.window, attempts }]);
  }
  if (open.stop !== undefined) stopRun(run, open.stop, at);
}

type Open = {
  window: string;
  unsent: Map<string, Item>;
  /** The code that ended the run: nothing of the account can be exported. */
  stop?: string;
};

async function declare(deps: RunDeps, run: OpenRun, open: Open, writer: Writer): Promise<void> {
  open.window = `${writer.name}-${writer.next()}`;
  const attempts = [...open.unsent.values()].map(attemptOf);
  record(run, [{ type: 'intent', at: deps.clock.now(), window: open.window, attempts }]);
  await assertSoleWriter(deps, run, writer);
}

async function sendBatch(
  deps: RunDeps,
  batch: Batch,
  windows: ReadonlyMap<OpenRun, Open>,
  session: Session,
): Promise<void> {
  const { run } = batch;
  const open = windows.get(run);
  if (open === undefined) return;
  const queue = [batch.items];
  for (let items = queue.shift(); items !== undefined; items = queue.shift()) {
    const now = deps.clock.now();
    if (open.stop !== undefined || now < run.restUntil || now >= session.until) return;
    if (callsAllowed(session.limits, now) === 0) return;
    queue.unshift(...(await sendCall(deps, run, open, items, session)));
    forget(open, run, items);
  }
}

/** Sends one call and records its verdicts; answers the smaller calls that are to be sent in its place, if any. */
async function sendCall(
  deps: RunDeps,
  run: OpenRun,
  open: Open,
  items: Item[],
  session: Session,
): Promise<Item[][]> {
  session.limits = noteSent(session.limits, deps.clock.now());
  try {
    const answer = await deps.cph.batchStorage(items.map((item) => storageInfo(run, item)));
    const accepted = noteAccepted(session.limits, items.length, deps.clock.now());
    session.limits = learned(deps, session.limits, accepted);
    record(run, classifyResponse(items, answer, deps.clock.now()));
    return [];
  } catch (error) {
    if (stopsDrive(error)) throw error;
    const at = deps.clock.now();
    const failure = classifyError(items, error, at);
    deps.log.warn('call_refused', {
      run: run.runId,
      policy: run.request.policy,
      phones: items.length,
      reason: failure.kind,
      code: error instanceof ServiceError ? (error.serviceCode ?? error.code) : undefined,
    });
    switch (failure.kind) {
      case 'throttled':
        session.limits = learned(deps, session.limits, noteThrottled(session.limits, at));
        deps.meter.throttled(session.limits.blocked_until - at);
        return [];
      case 'too_many':
        session.limits = learned(
          deps,
          session.limits,
          noteTooMany(session.limits, items.length, at),
        );
        return chunks(items, session.limits.phones_per_call);
      case 'one_of_them': {
        const size = Math.ceil(items.length / 2);
        record(run, [{ type: 'batch_size_reduced', at, size }]);
        return chunks(items, size);
      }
      case 'unsent':
        run.restUntil = at + REST_MS;
        return [];
      case 'stop':
        open.stop = failure.code;
        record(run, failure.events);
        return [];
      case 'judged':
        record(run, failure.events);
        return [];
    }
  }
}

/** The limits as they are now; that they have grown or fallen is told. */
function learned(deps: Pick<RunDeps, 'log'>, before: Limits, now: Limits): Limits {
  const { phones_per_call, calls_per_minute } = now;
  const told = { phones_per_call, calls_per_minute };
  const more =
    phones_per_call > before.phones_per_call || calls_per_minute > before.calls_per_minute;
  const less =
    phones_per_call < before.phones_per_call || calls_per_minute < before.calls_per_minute;
  if (less) deps.log.warn('limits_fell', told);
  else if (more) deps.log.info('limits_grew', told);
  return now;
}

function chunks<T>(items: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** Phones that have a verdict now are no longer unsent. */
function forget(open: Open, run: OpenRun, items: Item[]): void {
  for (const item of items) {
    const attempt = run.state.phones.get(item.phoneId)?.attempts.get(item.attempt);
    if (attempt === undefined) continue;
    const judged =
      attempt.accepted.length > 0 || attempt.refused !== undefined || attempt.unknown !== undefined;
    if (judged) open.unsent.delete(item.phoneId);
  }
}

/** Nothing of this run can be exported any more: what is not running ends here. */
function stopRun(run: OpenRun, code: string, at: number): void {
  const pending = steps(run, at).filter(
    ({ step }) => step.kind === 'submit' || step.kind === 'await_state',
  );
  record(
    run,
    pending.map(({ phone }): RunEvent => ({
      type: 'outcome',
      at,
      phone_id: phone.planned.phone_id,
      outcome: 'failed',
      reason: 'refused',
      code,
    })),
  );
}

function storageInfo(run: OpenRun, item: Item): StorageInfo {
  const terms = run.plan?.terms;
  if (terms === undefined) throw new Error(`run ${run.runId} has no terms`);
  return {
    phone_id: item.phoneId,
    include_files: terms.include,
    ...(terms.exclude.length === 0 ? {} : { exclude_files: terms.exclude }),
    bucket_name: terms.bucket,
    object_path: archiveKey(terms.folder, run.runId, item.phoneId, item.attempt),
  };
}
