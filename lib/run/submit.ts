import { PhonevaultError, ServiceError } from '../errors.ts';
import type { RunEvent } from '../ledger/events.ts';
import type { Limits } from '../ledger/limits.ts';
import { foreignEntries } from '../ledger/log.ts';
import { archiveKey } from '../policy/keys.ts';
import { aboutOnePhone, classify } from './codes.ts';
import { type Batch, cutBatches, type Item, type Straggler } from './cut.ts';
import type { PhoneJob, RunDeps, StorageInfo } from './deps.ts';
import { flush, type OpenRun, record, refresh, steps, type Writer } from './open-run.ts';
import { callsAllowed, noteAccepted, noteSent, noteThrottled, noteTooMany } from './pace.ts';

/** What one invocation carries along while it drives. */
export type Session = {
  writer: Writer;
  limits: Limits;
  stragglers: Straggler[];
  /** No call is begun after this time (epoch ms). */
  until: number;
};

/** Someone else drives: this invocation must not send anything more. */
export class LeaseLost extends Error {}

/** True for errors that will meet every call of this invocation alike. */
export function stopsDrive(error: unknown): boolean {
  if (error instanceof LeaseLost) return true;
  return (
    error instanceof PhonevaultError &&
    ['credentials_refused', 'credentials_missing', 'clock_skew'].includes(error.code)
  );
}

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
  const batches = cutBatches(runs, session.stragglers, limits, now);
  if (batches.length === 0) return false;

  const windows = new Map<OpenRun, Open>();
  for (const { run, items } of batches) {
    const open = windows.get(run) ?? { window: '', unsent: new Map<string, Item>() };
    for (const item of items) open.unsent.set(item.phoneId, item);
    windows.set(run, open);
  }

  try {
    for (const [run, open] of windows) await declare(deps, run, open, session.writer);
    for (const batch of batches) await sendBatch(deps, batch, windows, session);
  } finally {
    for (const [run, open] of windows) {
      if (open.window !== '' && open.unsent.size > 0) {
        const tries = [...open.unsent.values()].map(tryOf);
        record(run, [{ type: 'unsent', at: deps.clock.now(), window: open.window, tries }]);
      }
      if (open.stop !== undefined) stopRun(run, open.stop, deps.clock.now());
      await flush(deps.store, deps.clock, run, session.writer);
    }
  }
  return true;
}

type Open = {
  window: string;
  unsent: Map<string, Item>;
  /** The code that ended the run: nothing of the account can be exported. */
  stop?: string;
};

async function declare(deps: RunDeps, run: OpenRun, open: Open, writer: Writer): Promise<void> {
  open.window = `${writer.name}-${writer.next()}`;
  const tries = [...open.unsent.values()].map(tryOf);
  record(run, [{ type: 'intent', at: deps.clock.now(), window: open.window, tries }]);
  await flush(deps.store, deps.clock, run, writer);
  const foreign = await foreignEntries(deps.store, run.runId, writer.name, run.mark);
  if (foreign.length > 0) {
    await refresh(deps.store, run);
    throw new LeaseLost(`another drive writes to run ${run.runId}`);
  }
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
    if (open.stop !== undefined || now >= session.until) return;
    if (callsAllowed(session.limits, now) === 0) return;
    try {
      session.limits = noteSent(session.limits, now);
      const answer = await deps.cph.batchStorage(items.map((item) => storageInfo(run, item)));
      session.limits = noteAccepted(session.limits, items.length, deps.clock.now());
      record(run, judgeAnswer(items, answer, deps.clock.now()));
    } catch (error) {
      const verdict = judgeFailure(deps, run, items, error, session);
      if (verdict.kind === 'unsent') return;
      if (verdict.kind === 'cut') {
        queue.unshift(...verdict.batches);
        continue;
      }
      if (verdict.kind === 'stop') open.stop = verdict.code;
      if (!(error instanceof ServiceError)) throw error;
    } finally {
      forget(open, run, items);
    }
  }
}

/** Each phone of the call gets a verdict of its own: a job, a refusal, or, when it is not mentioned, doubt. */
function judgeAnswer(
  items: Item[],
  answer: { request_id?: string | undefined; jobs: PhoneJob[] },
  at: number,
): RunEvent[] {
  const request_id = answer.request_id ?? '';
  return items.map((item): RunEvent => {
    const entries = answer.jobs.filter((job) => job.phone_id === item.phoneId);
    const started = entries.find((job) => isPresent(job.job_id));
    if (started?.job_id !== undefined) {
      return { type: 'accepted', at, ...tryOf(item), job_id: started.job_id, request_id };
    }
    const refused = entries.find((job) => isPresent(job.error_code));
    if (refused?.error_code === undefined) {
      return { type: 'doubtful', at, ...tryOf(item), ...(request_id === '' ? {} : { request_id }) };
    }
    return {
      type: 'refused',
      at,
      ...tryOf(item),
      code: refused.error_code,
      ...(isPresent(refused.error_msg) ? { message: refused.error_msg.slice(0, 200) } : {}),
    };
  });
}

type Verdict =
  | { kind: 'judged' }
  | { kind: 'unsent' }
  | { kind: 'cut'; batches: Item[][] }
  | { kind: 'stop'; code: string };

/**
 * Reads a failed call. Refused as a whole for something that a smaller call avoids: batches to send instead.
 * Throttled: the phones stay as they are. Otherwise each phone gets its verdict: refused, or in doubt.
 */
function judgeFailure(
  deps: RunDeps,
  run: OpenRun,
  items: Item[],
  error: unknown,
  session: Session,
): Verdict {
  const at = deps.clock.now();
  if (error instanceof ServiceError && error.code === 'throttled') {
    session.limits = noteThrottled(session.limits, at);
    const { calls_per_minute } = session.limits;
    deps.log.warn('throttled', { run: run.runId, calls_per_minute });
    return { kind: 'unsent' };
  }
  if (stopsDrive(error)) throw error;
  if (!(error instanceof ServiceError) || mayHaveActed(error)) {
    record(
      run,
      items.map((item): RunEvent => ({ type: 'doubtful', at, ...tryOf(item) })),
    );
    deps.log.warn('answer_lost', { run: run.runId, phones: items.length });
    return { kind: 'judged' };
  }
  const code = error.serviceCode ?? `HTTP.${error.status ?? 0}`;
  if (classify(code) === 'split' && items.length > 1) {
    session.limits = noteTooMany(session.limits, items.length, at);
    return { kind: 'cut', batches: chunks(items, session.limits.phones_per_call) };
  }
  if (aboutOnePhone(code) && items.length > 1) {
    return { kind: 'cut', batches: chunks(items, Math.ceil(items.length / 2)) };
  }
  const message = error.message.slice(0, 200);
  record(
    run,
    items.map((item): RunEvent => ({ type: 'refused', at, ...tryOf(item), code, message })),
  );
  const stop = classify(code) === 'stop' || error.code === 'access_denied';
  return stop ? { kind: 'stop', code } : { kind: 'judged' };
}

/** An internal error (CPS.0003) comes with HTTP 400 like every refusal, but says nothing of what was done before it. */
function mayHaveActed(error: ServiceError): boolean {
  return error.carriedOut === 'unknown' || error.serviceCode === 'CPS.0003';
}

/** Phones that have a verdict now are no longer unsent. */
function forget(open: Open, run: OpenRun, items: Item[]): void {
  for (const item of items) {
    const attempt = run.state.phones.get(item.phoneId)?.tries.get(item.attempt);
    if (attempt === undefined) continue;
    const judged =
      attempt.accepted.length > 0 ||
      attempt.refused !== undefined ||
      attempt.doubtful !== undefined;
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

function tryOf(item: Item): { phone_id: string; try: number } {
  return { phone_id: item.phoneId, try: item.attempt };
}

function chunks<T>(items: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

function isPresent(text: string | null | undefined): text is string {
  return text !== undefined && text !== null && text !== '';
}
