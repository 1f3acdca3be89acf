import { drive, type DriveResult, driveWindow } from '../lib/run/drive/drive.ts';
import type { OpenRun } from '../lib/run/state/open-run.ts';
import type { FgContext } from '../lib/runtime/context.ts';
import { invocationLog, realInstance, startInvocation } from '../lib/runtime/invocation.ts';
import { withErrorReporting } from '../lib/runtime/with-error-reporting.ts';

const instance = realInstance();
const memory = new Map<string, OpenRun>();

/** TIMER every minute, or a wake-up: advances all open runs. */
export function handler(_event: unknown, context: FgContext): Promise<DriveResult> {
  return withErrorReporting(invocationLog(context, instance), async () => {
    const { deps, timeLeft, holder } = startInvocation(context, instance, { needsTopic: true });
    return drive(deps, { ...driveWindow(deps.clock.now(), timeLeft()), holder, memory });
  });
}
