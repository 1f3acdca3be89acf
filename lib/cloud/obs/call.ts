import type { S3Client } from '@aws-sdk/client-s3';
import type { Clock, Random } from '../../clock.ts';
import { type ErrorCode, hasCode, PhonevaultError, ServiceError } from '../../errors.ts';
import type { Credentials } from '../request/credentials.ts';
import { describe } from '../request/error-text.ts';
import { type AttemptLimit, createS3Client } from './client.ts';
import { obsError } from './errors.ts';
import type { CallRecord } from '../request/request.ts';
import { type RetryLimits, withRetry } from '../request/retry.ts';
import type { Send } from '../request/send.ts';

export type ObsOptions = {
  send: Send;
  credentials: () => Credentials;
  clock: Clock;
  random: Random;
  region: string;
  endpoint: string;
  pathStyle: boolean;
  /** Returns the milliseconds left in the invocation: a call that hangs ends five seconds before. */
  timeLeft?: (() => number) | undefined;
  signal?: AbortSignal | undefined;
  onCall?: ((call: CallRecord) => void) | undefined;
  onThrottled?: ((ms: number) => void) | undefined;
};

/** Performs one operation of the object store, with our retries, errors and call records. */
export type ObsCall = <T>(
  operation: string,
  work: (client: S3Client) => Promise<T>,
  options?: {
    /** Called with the error of each attempt, as one of our errors. */
    onFailure?: (error: unknown) => void;
    limits?: RetryLimits;
  },
) => Promise<T>;

/** Beside the time for the bytes. A call that hangs must not use up the time of a drive. */
const ATTEMPT_MS = 6_000;
const LIMITS = { attempts: 3, throttledAttempts: 3, totalMs: 10_000 };
/** In bytes a second: objects of a megabyte arrive over such a link too, in less than eleven seconds. */
const SLOWEST_LINK = 100_000;
const LARGEST_MS = 11_000;

/** Kept for what an invocation does last, such as the release of a lease. */
const RESERVE_MS = 5_000;
const LEAST_MS = 1_000;

/** Returns the error for a success with missing parts, which says nothing about the object. */
export function incompleteResponse(operation: string): ServiceError {
  const name = { service: 'obs', operation };
  const message = 'success, but the response is incomplete';
  return new ServiceError(
    'unreachable',
    describe(name, { message }),
    { ...name, carriedOut: 'unknown' },
    { retryable: true },
  );
}

/** For `catch`: returns undefined for not_found, throws any other error. */
export function absentAsUndefined(error: unknown): undefined {
  if (hasCode(error, 'not_found')) return undefined;
  throw error;
}

/** Returns the way to perform operations with `options`. Once the keys were refused, every operation throws that error. */
export function createObsCall(options: ObsOptions): ObsCall {
  const { clock } = options;
  const left = (): number =>
    Math.max(LEAST_MS, (options.timeLeft?.() ?? Number.POSITIVE_INFINITY) - RESERVE_MS);
  const limit = (): AttemptLimit =>
    left() < ATTEMPT_MS + LARGEST_MS
      ? { timeoutMs: Math.min(ATTEMPT_MS, left()) }
      : { timeoutMs: ATTEMPT_MS, bytesPerSecond: SLOWEST_LINK };
  const client = createS3Client({ ...options, limit });
  let refused: PhonevaultError | undefined;

  return (operation, work, { onFailure, limits = LIMITS } = {}) => {
    const name = { service: 'obs', operation };
    const totalMs = Math.min(limits.totalMs, left());
    return withRetry(options, { ...limits, totalMs }, async (attempt) => {
      // More attempts with refused keys would lock them.
      if (refused) throw refused;
      const started = clock.now();
      const record = (outcome: 'ok' | ErrorCode, status: number | undefined) =>
        options.onCall?.({ ...name, attempt, outcome, status, ms: clock.now() - started });
      try {
        const result = await work(client);
        record('ok', 200);
        return result;
      } catch (thrown) {
        const error = obsError(name, thrown, clock.now());
        if (hasCode(error, 'credentials_refused')) refused = error;
        if (error instanceof PhonevaultError) {
          record(error.code, error instanceof ServiceError ? error.status : undefined);
        }
        onFailure?.(error);
        throw error;
      }
    });
  };
}
