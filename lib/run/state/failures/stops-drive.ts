import { type ErrorCode, PhonevaultError } from '../../../errors.ts';

const STOPS_DRIVE: ReadonlySet<ErrorCode> = new Set([
  'lease_lost',
  'credentials_refused',
  'credentials_missing',
  'clock_skew',
]);

/** True for errors that every further call of this invocation would meet. */
export function stopsDrive(error: unknown): boolean {
  return error instanceof PhonevaultError && STOPS_DRIVE.has(error.code);
}
