import { PhonevaultError } from '../../lib/errors.ts';

const MAX_IN_A_ROW = 5;

export type FailureLimit = {
  /** Counts a failure. Throws it when a retry cannot help, or when it is the sixth in a row. */
  add(error: unknown): void;
  /** Forgets the failures after a success. */
  reset(): void;
};

/** Returns a limit for loops of hours, which one temporary failure must not end. */
export function createFailureLimit(): FailureLimit {
  let failures = 0;
  return {
    add(error) {
      failures += 1;
      if (!(error instanceof PhonevaultError) || !error.retryable || failures > MAX_IN_A_ROW)
        throw error;
    },
    reset() {
      failures = 0;
    },
  };
}
