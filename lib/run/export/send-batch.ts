import { ServiceError } from '../../errors.ts';
import type { StorageInfo } from '../../cloud/cph/job.ts';
import type { Limits } from '../../ledger/state/limits.ts';
import { archiveKey } from '../../policy/keys/keys.ts';
import type { DriveDeps } from '../deps.ts';
import { stopsDrive } from '../state/contain-failure.ts';
import { type OpenRun, record } from '../state/open-run.ts';
import { classifyError, classifyResponse, type Failure } from './classify-response.ts';
import type { Item } from './lanes.ts';
import { callsAllowed, noteAccepted, noteSent, noteThrottled, noteTooMany } from './rate-limit.ts';

const PAUSE_MS = 20_000;

/** Attempts of one run that are declared in its log before they are sent. */
export type Window = {
  run: OpenRun;
  /** Empty until it is declared. */
  id: string;
  unsent: Map<string, Item>;
  /** The error code that says that nothing of the account can be exported. */
  stopCode?: string;
};

/** Sends a batch of a declared window, in smaller calls when CPH refuses its size, for as long as time and limits allow. */
export async function sendBatch(deps: DriveDeps, window: Window, items: Item[]): Promise<void> {
  const queue = [items];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const now = deps.clock.now();
    const isOver = now < window.run.retryAt.step || now >= deps.until;
    if (isOver || window.stopCode !== undefined) return;
    if (callsAllowed(deps.learned.limits, now) === 0) return;
    queue.unshift(...(await sendCall(deps, window, next)));
    forgetSent(window, next);
  }
}

/** Sends one call and records its verdicts. Returns the smaller calls to send in its place, if any. */
async function sendCall(deps: DriveDeps, window: Window, items: Item[]): Promise<Item[][]> {
  const { run } = window;
  const { learned } = deps;
  learned.limits = noteSent(learned.limits, deps.clock.now());
  try {
    const response = await deps.cph.batchStorage(items.map((item) => storageInfo(run, item)));
    const at = deps.clock.now();
    learn(deps, noteAccepted(learned.limits, items.length, at));
    record(run, classifyResponse(items, response, at));
    return [];
  } catch (error) {
    if (stopsDrive(error)) throw error;
    const failure = classifyError(items, error, deps.clock.now());
    deps.log.warn('call_refused', {
      run: run.runId,
      policy: run.request.policy,
      phones: items.length,
      reason: failure.kind,
      code: error instanceof ServiceError ? (error.serviceCode ?? error.code) : undefined,
    });
    return handleFailure(deps, window, items, failure);
  }
}

function handleFailure(deps: DriveDeps, window: Window, items: Item[], failure: Failure): Item[][] {
  const { run } = window;
  const { limits } = deps.learned;
  const at = deps.clock.now();
  switch (failure.kind) {
    case 'throttled':
      learn(deps, noteThrottled(limits, at));
      deps.meter.throttled(deps.learned.limits.blocked_until - at);
      return [];
    case 'too_many':
      learn(deps, noteTooMany(limits, items.length, at));
      return chunks(items, deps.learned.limits.phones_per_call);
    case 'one_of_them': {
      const size = Math.ceil(items.length / 2);
      record(run, [{ type: 'batch_size_reduced', at, size }]);
      return chunks(items, size);
    }
    case 'unsent':
      run.retryAt.step = at + PAUSE_MS;
      return [];
    case 'stop':
      window.stopCode = failure.code;
      record(run, failure.events);
      return [];
    case 'judged':
      record(run, failure.events);
      return [];
  }
}

/** Takes over new limits. Logs it when they rose or fell. */
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

/** Phones that have a verdict now are no longer unsent. */
function forgetSent({ run, unsent }: Window, items: Item[]): void {
  for (const { phoneId, attempt } of items) {
    const known = run.state.phones.get(phoneId)?.attempts.get(attempt);
    if (known === undefined) continue;
    const { accepted, refused, unknown } = known;
    const isJudged = accepted.length > 0 || refused !== undefined || unknown !== undefined;
    if (isJudged) unsent.delete(phoneId);
  }
}

function storageInfo(run: OpenRun, { phoneId, attempt }: Item): StorageInfo {
  const terms = run.plan?.terms;
  if (terms === undefined) throw new Error(`run ${run.runId} has no terms`);
  return {
    phone_id: phoneId,
    include_files: terms.include,
    ...(terms.exclude.length === 0 ? {} : { exclude_files: terms.exclude }),
    bucket_name: terms.bucket,
    object_path: archiveKey(terms.folder, run.runId, phoneId, attempt),
  };
}
