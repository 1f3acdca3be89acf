import type { FgDeps } from '../deps.ts';
import { FssError } from '../model/error.ts';
import { versionUrn } from '../model/urn.ts';
import type { TriggerRecord } from '../model/function.ts';

/** Hands an event to a trigger's function, which nobody waits for. `event` is given the request's id. */
export function submitTo(
  { functions, queue, place, newRequestId }: FgDeps,
  trigger: TriggerRecord,
  event: (requestId: string) => unknown,
): void {
  const requestId = newRequestId();
  try {
    const found = functions.find(versionUrn(trigger.function, trigger.qualifier, place));
    queue.submit(found, requestId, JSON.stringify(event(requestId)));
  } catch (error) {
    // Its version or alias is gone.
    if (!(error instanceof FssError)) throw error;
  }
}
