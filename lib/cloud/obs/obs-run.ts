import type { S3Client } from '@aws-sdk/client-s3';
import type { Clock, Random } from '../../clock.ts';
import { type ErrorCode, hasCode, PhonevaultError, ServiceError } from '../../errors.ts';
import type { Credentials } from '../request/auth.ts';
import { describe } from '../request/error-text.ts';
import { createS3Client } from './obs-client.ts';
import { obsError } from './obs-errors.ts';
import type { CallRecord } from '../request/request.ts';
import { withRetry } from '../request/retry.ts';
import type { Send } from '../request/send.ts';

export type ObsOptions = {
  send: Send;
  credentials: () => Credentials;
  clock: Clock;
  random: Random;
  region: string;
  endpoint: string;
  pathStyle: boolean;
  signal?: AbortSignal | undefined;
  onCall?: ((call: CallRecord) => void) | undefined;
  onThrottled?: ((ms: number) => void) | undefined;
};

/** One operation of the object store with our retries, errors and records around it. */
export type ObsRun = <T>(
  operation: string,
  work: (client: S3Client) => Promise<T>,
  /** Sees the error of every try, as an error of ours. */
  onFailure?: (error: unknown) => void,
) => Promise<T>;

const TRY_MS = 15_000;
const LIMITS = { attempts: 3, throttledAttempts: 3, totalMs: 40_000 };

/** The error for a success whose parts are missing: nothing can be concluded from it. */
export function brokenResponse(operation: string): ServiceError {
  const name = { service: 'obs', operation };
  const message = 'success, but the answer lacks its parts';
  return new ServiceError(
    'unreachable',
    describe(name, { message }),
    { ...name, carriedOut: 'unknown' },
    { retryable: true },
  );
}

/** Turns not_found into undefined; for `catch`. */
export function absent(error: unknown): undefined {
  if (hasCode(error, 'not_found')) return undefined;
  throw error;
}

export function createObsRun(options: ObsOptions): ObsRun {
  const { clock } = options;
  const client = createS3Client({ ...options, timeoutMs: TRY_MS });
  let refused: PhonevaultError | undefined;

  return (operation, work, onFailure) => {
    const name = { service: 'obs', operation };
    return withRetry(options, LIMITS, async (attempt) => {
      // Refused keys stay refused for this invocation, and more tries would lock them.
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
