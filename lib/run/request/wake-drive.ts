import { PhonevaultError } from '../../errors.ts';
import type { FunctionGraph } from '../../cloud/functiongraph.ts';
import type { RunDeps } from '../deps.ts';

/** How to invoke drive. Without a URN only its timer starts it. */
export type Wake = {
  functiongraph: Pick<FunctionGraph, 'invokeAsync'>;
  driveUrn: string | undefined;
};

/**
 * Invokes drive asynchronously, so that a new request is worked on at once. A failure is logged and never thrown: the
 * timer starts drive within a minute.
 */
export async function wakeDrive(
  { log }: Pick<RunDeps, 'log'>,
  { functiongraph, driveUrn }: Wake,
): Promise<'woken' | 'failed' | 'no_urn'> {
  if (driveUrn === undefined) return 'no_urn';
  try {
    await functiongraph.invokeAsync(driveUrn, {});
    return 'woken';
  } catch (error) {
    log.warn('wake_failed', {
      code: error instanceof PhonevaultError ? error.code : 'unknown',
      message: error instanceof Error ? error.message : 'unknown',
    });
    return 'failed';
  }
}
