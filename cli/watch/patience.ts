import { PhonevaultError } from '../../lib/errors.ts';

const MAX = 5;

export type Patience = {
  /** Takes a failure, or throws it: what would fail again, and the sixth in a row. */
  take(error: unknown): void;
  /** It worked again. */
  reset(): void;
};

/** For what looks on for hours: a failure that may pass must not end it. */
export function createPatience(): Patience {
  let failures = 0;
  return {
    take(error) {
      failures += 1;
      if (!(error instanceof PhonevaultError) || !error.retryable || failures > MAX) throw error;
    },
    reset() {
      failures = 0;
    },
  };
}
