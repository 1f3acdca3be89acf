import { hasCode, PhonevaultError } from '../errors.ts';
import type { Instance } from './invocation.ts';
import { createLog } from './log.ts';

/**
 * Does a handler's work. An error that leaves it is logged with its code and hint, and carries the hint in its message:
 * FunctionGraph shows nothing else of it.
 */
export async function withErrorReporting<T>(
  instance: Pick<Instance, 'clock' | 'write'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    createLog(instance.write, instance.clock).error('invocation_failed', { error });
    if (error instanceof PhonevaultError && error.hint !== undefined) {
      const { code, message, hint, retryable } = error;
      throw new PhonevaultError(code, `${message}: ${hint}`, { hint, retryable, cause: error });
    }
    throw error;
  }
}

/**
 * Does a handler's work. What is not an event for the handler will not be one the next time either: it is logged as an
 * error and answered with `ignored`, not thrown, so that the platform does not bring it again.
 */
export async function ignoringForeign<T>(
  instance: Pick<Instance, 'clock' | 'write'>,
  work: () => Promise<T>,
  ignored: T,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!hasCode(error, 'event_invalid')) throw error;
    const reason = 'event_invalid';
    createLog(instance.write, instance.clock).error('event_ignored', { reason, count: 1, error });
    return ignored;
  }
}
