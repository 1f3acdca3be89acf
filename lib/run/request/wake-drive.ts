import { PhonevaultError } from '../../errors.ts';
import type { FunctionGraph } from '../../cloud/functiongraph.ts';
import type { RunDeps } from '../deps.ts';

/** How drive is woken; without a URN it is left to its timer. */
export type Wake = {
  functiongraph: Pick<FunctionGraph, 'invokeAsync'>;
  driveUrn: string | undefined;
};

/**
 * Wakes drive, so that what was asked for need not wait for its next minute. A kick that fails costs only that minute: it
 * is logged and never throws.
 */
export async function wakeDrive(
  { log }: Pick<RunDeps, 'log'>,
  { functiongraph, driveUrn }: Wake,
): Promise<'kicked' | 'refused' | 'unset'> {
  if (driveUrn === undefined) return 'unset';
  try {
    await functiongraph.invokeAsync(driveUrn, {});
    return 'kicked';
  } catch (error) {
    log.warn('kick_failed', {
      code: error instanceof PhonevaultError ? error.code : 'unknown',
      message: error instanceof Error ? error.message : 'unknown',
    });
    return 'refused';
  }
}
