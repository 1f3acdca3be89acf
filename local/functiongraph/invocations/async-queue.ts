import type { Timeline } from '../../simulation/timeline.ts';
import { FssError } from '../model/error.ts';
import type { AsyncConfig, FunctionRecord } from '../model/function.ts';
import type { Outcome, RunEvent } from '../runtime/run-event.ts';

type Invocation = {
  record: FunctionRecord;
  requestId: string;
  event: string;
  /** Simulated time, epoch ms. */
  submittedAt: number;
  attempts: number;
};

/** The final result of an asynchronous invocation, as a destination receives it (functiongraph_01_0390_03). */
export type AsyncResult = Pick<Invocation, 'record' | 'requestId' | 'event' | 'attempts'> & {
  succeeded: boolean;
  /** 200 if the function ran, whatever it returned. */
  statusCode: number;
  functionError: string;
  /** The returned value or the thrown error, as JSON text. */
  payload: string;
};

export type AsyncQueue = {
  /** Accepts an event and returns at once. */
  submit(record: FunctionRecord, requestId: string, event: string): void;
};

const MAX_PAYLOAD = 256 * 1024;
const FIRST_RETRY_MS = 60_000;
const NO_POLICY: Pick<AsyncConfig, 'max_async_event_age_in_seconds' | 'max_async_retry_attempts'> =
  {
    max_async_event_age_in_seconds: 3_600,
    max_async_retry_attempts: 0,
  };

/**
 * Asynchronous invocations, in simulated time. An event is discarded if no instance is free. A failed event is retried as
 * the function's policy says (never without a policy): after 1 minute, then 2, then 4, until the event is too old.
 */
export function createAsyncQueue(options: {
  timeline: Timeline;
  /** Simulated time. */
  now(): number;
  runEvent: RunEvent;
  /** False once the function is deleted. */
  exists(record: FunctionRecord): boolean;
  onResult(result: AsyncResult): void;
}): AsyncQueue {
  const { timeline, now, runEvent, exists, onResult } = options;

  const attempt = async (invocation: Invocation) => {
    const { record, requestId, event, submittedAt } = invocation;
    if (!exists(record)) return;
    const policy = record.asyncConfig ?? NO_POLICY;
    const expiresAt = submittedAt + policy.max_async_event_age_in_seconds * 1_000;
    const finish = (result: Partial<AsyncResult> & { statusCode: number }) => {
      const { attempts } = invocation;
      const failure = { succeeded: false, functionError: '', payload: '' };
      onResult({ ...failure, record, requestId, event, attempts, ...result });
    };
    if (now() > expiresAt) return finish({ statusCode: 408 });
    invocation.attempts += 1;
    const outcome = await run(invocation);
    if (outcome.kind === 'busy') return finish({ statusCode: 429 });
    if (outcome.kind === 'ok') {
      const fits = Buffer.byteLength(outcome.result) <= MAX_PAYLOAD;
      return finish({ succeeded: true, statusCode: 200, payload: fits ? outcome.result : '' });
    }
    const retryAt = now() + FIRST_RETRY_MS * 2 ** (invocation.attempts - 1);
    if (invocation.attempts <= policy.max_async_retry_attempts && retryAt <= expiresAt) {
      timeline.at(retryAt, () => void attempt(invocation));
      return;
    }
    const { errorMessage, errorType } = outcome;
    const payload = JSON.stringify({ errorMessage, errorType });
    finish({ statusCode: 200, functionError: errorMessage, payload });
  };

  const run = async ({ record, requestId, event }: Invocation): Promise<Outcome> => {
    try {
      return await runEvent({ record, requestId, event });
    } catch (error) {
      if (error instanceof FssError) return { kind: 'busy' };
      throw error;
    }
  };

  return {
    submit(record, requestId, event) {
      void attempt({ record, requestId, event, submittedAt: now(), attempts: 0 });
    },
  };
}
