import type { Time } from '../../simulation/time.ts';
import { readOperations } from '../event-data/cts.ts';
import { type FiringDeps, submitEvent } from './submit.ts';

/** The kind of a trace, and the event that it becomes. */
export type TraceEvent = {
  service_type: string;
  resource_type: string;
  trace_name: string;
  event: unknown;
};

/** Submits a trace to every function that has a CTS trigger for its kind. */
export function deliverTrace(deps: FiringDeps, trace: TraceEvent): void {
  for (const trigger of deps.triggers.all('CTS')) {
    const matches = readOperations(trigger.data['operations'] as string[]).some(
      ({ service, resource, trace: name }) =>
        service === trace.service_type &&
        resource === trace.resource_type &&
        name === trace.trace_name,
    );
    if (matches) submitEvent(deps, trigger, () => inSimulatedTime(trace.event, deps.time));
  }
}

/** Returns the event with its times in simulated time, the clock of functions. */
function inSimulatedTime(event: unknown, time: Time): unknown {
  return JSON.parse(JSON.stringify(event), (name, value: unknown) => {
    if (name !== 'time' && name !== 'record_time') return value;
    if (typeof value === 'number') return Math.round(time.toSimulated(value));
    const ms = typeof value === 'string' ? Date.parse(value) : NaN;
    return Number.isNaN(ms) ? value : new Date(time.toSimulated(ms)).toISOString();
  });
}
