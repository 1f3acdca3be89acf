import { hasCode, PhonevaultError } from '../../../errors.ts';
import { stopsDrive } from './stops-drive.ts';

/** Returns a failure as a value. Throws errors that stop the drive, and programming errors. */
export async function orError<T>(call: () => Promise<T>): Promise<T | PhonevaultError> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof PhonevaultError) || stopsDrive(error)) throw error;
    return error;
  }
}

export const isError = (value: unknown): value is PhonevaultError =>
  value instanceof PhonevaultError;

export const isRefused = (value: unknown): boolean => hasCode(value, 'access_denied');
