import { schedule, type ScheduleMemory, type ScheduleResult } from '../lib/run/schedule.ts';
import type { FgContext } from '../lib/runtime/context.ts';
import { realInstance, startInvocation } from '../lib/runtime/invocation.ts';
import { reporting } from '../lib/runtime/reporting.ts';
import { parseTimerEvent, policyNamed } from '../lib/runtime/timer-event.ts';

const instance = realInstance();
const memory: ScheduleMemory = {};

/** TIMER: asks for the runs that are due and kicks drive. */
export function handler(event: unknown, context: FgContext): Promise<ScheduleResult> {
  return reporting(instance, async () => {
    const { time, userEvent } = parseTimerEvent(event);
    const { deps, kick } = startInvocation(context, instance, { needsTopic: false });
    return schedule({ ...deps, kick }, { time, policy: policyNamed(userEvent) }, memory);
  });
}
