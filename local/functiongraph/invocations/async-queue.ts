import type { Timeline } from '../../simulation/timeline.ts';
import { FssError } from '../model/error.ts';
import type { Found } from '../model/function-store.ts';
import type { AsyncConfig, FunctionRecord } from '../model/function.ts';
import type { Outcome, Run } from '../runtime/run-event.ts';

type AsyncStatus = 'WAIT' | 'RUNNING' | 'SUCCESS' | 'FAIL' | 'DISCARD';

/** An event that nobody waits for. Times are true, epoch ms. */
type AsyncInvocation = {
  requestId: string;
  function: FunctionRecord;
  status: AsyncStatus;
  attempts: number;
  errorCode: number;
  errorMessage: string;
  startedAt: number;
  endedAt: number | undefined;
};

/** What a destination is told (functiongraph_01_0390_03). */
export type Settled = {
  found: Found;
  invocation: AsyncInvocation;
  event: string;
  /** The returned value, or what was thrown, as JSON text. */
  payload: string;
  /** 200 when the function has run, whatever it said. */
  statusCode: number;
  functionError: string;
  good: boolean;
};

export type AsyncQueue = {
  /** Takes an event and answers at once. */
  submit(found: Found, requestId: string, event: string): void;
  /** Oldest first; the last 10,000 of a function. */
  list(record: FunctionRecord): AsyncInvocation[];
  /** Stops what waits; what runs already is not touched. False when it is unknown or over. */
  cancel(record: FunctionRecord, requestId: string): boolean;
};

const KEPT = 10_000;
const MAX_RESULT = 256 * 1024;
const FIRST_RETRY_MS = 60_000;
const NO_POLICY: Pick<AsyncConfig, 'max_async_event_age_in_seconds' | 'max_async_retry_attempts'> =
  {
    max_async_event_age_in_seconds: 3_600,
    max_async_retry_attempts: 0,
  };

/**
 * Asynchronous invocations. An event for which no instance is free is discarded. After a failure there are as many
 * retries as the policy says, none without one, a minute apart and twice as long each time, while the event is young
 * enough; all in model time.
 */
export function createAsyncQueue(options: {
  timeline: Timeline;
  model(): number;
  now(): number;
  run: Run;
  /** Looks the function up anew, for it may have changed or gone. */
  isThere(record: FunctionRecord): boolean;
  onSettled(settled: Settled): void;
}): AsyncQueue {
  const { timeline, model, now, run, isThere, onSettled } = options;
  const invocations = new Map<FunctionRecord, AsyncInvocation[]>();

  const attempt = async (
    found: Found,
    invocation: AsyncInvocation,
    event: string,
    born: number,
  ) => {
    const { record, qualifier } = found;
    if (invocation.status !== 'WAIT' || !isThere(record)) return;
    const policy = record.asyncConfigs.get(qualifier) ?? NO_POLICY;
    const dies = born + policy.max_async_event_age_in_seconds * 1_000;
    const settle = (
      status: AsyncStatus,
      code: number,
      message: string,
      payload = '',
      functionError = '',
    ) => {
      invocation.status = status;
      invocation.errorCode = status === 'SUCCESS' ? 0 : code;
      invocation.errorMessage = message;
      invocation.endedAt = now();
      const good = status === 'SUCCESS';
      onSettled({ found, invocation, event, payload, statusCode: code, functionError, good });
    };
    if (model() > dies) return settle('DISCARD', 408, 'the event is older than its policy allows');
    invocation.status = 'RUNNING';
    invocation.attempts += 1;
    const outcome = await runOnce(found, invocation.requestId, event);
    if (outcome.kind === 'ok') {
      const small = Buffer.byteLength(outcome.result) <= MAX_RESULT;
      return settle('SUCCESS', 200, '', small ? outcome.result : '');
    }
    if (outcome.kind === 'busy') return settle('DISCARD', 429, 'no instance was free');
    const { errorMessage, errorType } = outcome;
    const again = model() + FIRST_RETRY_MS * 2 ** (invocation.attempts - 1);
    if (invocation.attempts <= policy.max_async_retry_attempts && again <= dies) {
      invocation.status = 'WAIT';
      timeline.at(again, () => void attempt(found, invocation, event, born));
      return;
    }
    settle('FAIL', 200, errorMessage, JSON.stringify({ errorMessage, errorType }), errorMessage);
  };

  const runOnce = async (
    { record, version, qualifier }: Found,
    requestId: string,
    event: string,
  ): Promise<Outcome> => {
    const alias = record.aliases.has(qualifier) ? qualifier : '';
    try {
      return await run({ record, version, alias, requestId, event });
    } catch (error) {
      if (error instanceof FssError) return { kind: 'busy' };
      throw error;
    }
  };

  return {
    submit(found, requestId, event) {
      const list = invocations.get(found.record) ?? [];
      invocations.set(found.record, list);
      const invocation: AsyncInvocation = {
        requestId,
        function: found.record,
        status: 'WAIT',
        attempts: 0,
        errorCode: 0,
        errorMessage: '',
        startedAt: now(),
        endedAt: undefined,
      };
      list.push(invocation);
      if (list.length > KEPT) list.shift();
      void attempt(found, invocation, event, model());
    },
    list: (record) => [...(invocations.get(record) ?? [])],
    cancel(record, requestId) {
      const found = invocations.get(record)?.find((one) => one.requestId === requestId);
      if (found?.status !== 'WAIT') return false;
      found.status = 'DISCARD';
      found.endedAt = now();
      return true;
    },
  };
}
