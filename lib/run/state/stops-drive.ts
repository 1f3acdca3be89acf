import { PhonevaultError } from '../../errors.ts';

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
