import { hasCode, PhonevaultError } from '../errors.ts';
import type { Log } from './log.ts';

/**
 * Runs a handler's work. Logs an error with its code and hint, and throws it with the hint in its message, because
 * FunctionGraph shows only the message.
 */
export async function withErrorReporting<T>(log: Log, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    log.error('invocation_failed', { error });
    if (error instanceof PhonevaultError && error.hint !== undefined) {
      const { code, message, hint, retryable } = error;
      throw new PhonevaultError(code, `${message}: ${hint}`, { hint, retryable, cause: error });
    }
    throw error;
  }
}

/**
 * Runs a handler's work. An event of another trigger is logged as an error and returns `ignored`. It does not throw, so that
 * the platform does not deliver the event again.
 */
export async function withForeignEventsIgnored<T>(
  log: Log,
  work: () => Promise<T>,
  ignored: T,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!hasCode(error, 'event_invalid')) throw error;
    const reason = 'event_invalid';
    log.error('event_ignored', { reason, count: 1, error });
    return ignored;
  }
}
