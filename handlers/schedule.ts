import {
  schedule,
  type ScheduleMemory,
  type ScheduleResult,
} from '../lib/run/schedule/schedule.ts';
import type { FgContext } from '../lib/runtime/context.ts';
import { invocationLog, realInstance, startInvocation } from '../lib/runtime/invocation.ts';
import {
  withForeignEventsIgnored,
  withErrorReporting,
} from '../lib/runtime/with-error-reporting.ts';
import { parseTimerEvent, policyNamed } from '../lib/runtime/events/timer-event.ts';

const instance = realInstance();
const memory: ScheduleMemory = {};

/** TIMER: requests the runs that are due and wakes drive. Ignores any other event. */
export function handler(event: unknown, context: FgContext): Promise<ScheduleResult> {
  const work = async (): Promise<ScheduleResult> => {
    const { time, unreadable, userEvent } = parseTimerEvent(event);
    const tick = { time, unreadable, policy: policyNamed(userEvent) };
    const { deps, wake, settings } = startInvocation(context, instance, { needsTopic: false });
    return schedule({ ...deps, wake, heartbeat: settings.heartbeat }, tick, memory);
  };
  const ignored = { requested: [], ignored: { event_invalid: 1 } };
  const log = invocationLog(context, instance);
  return withErrorReporting(log, () => withForeignEventsIgnored(log, work, ignored));
}
