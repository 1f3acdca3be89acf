import { storeHints, type EventResult } from '../lib/run/first-backup/hints/store-hints.ts';
import type { FgContext } from '../lib/runtime/context.ts';
import { readEvent } from '../lib/runtime/events/read-event.ts';
import { invocationLog, realInstance, startInvocation } from '../lib/runtime/invocation.ts';
import { withErrorReporting } from '../lib/runtime/with-error-reporting.ts';

const instance = realInstance();

/** CTS, EventGrid, SMN: stores hints for drive. Throws when the platform should deliver the event again. */
export function handler(event: unknown, context: FgContext): Promise<EventResult> {
  return withErrorReporting(invocationLog(context, instance), async () => {
    const { deps, settings } = startInvocation(context, instance, { needsTopic: false });
    return storeHints(deps, readEvent(event, settings.ctsServiceType));
  });
}
