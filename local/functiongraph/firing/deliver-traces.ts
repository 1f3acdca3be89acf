import type { Time } from '../../simulation/time.ts';
import type { FgDeps } from '../deps.ts';
import { readOperations } from '../event-data/cts.ts';
import { submitTo } from './submit.ts';

/** What a trace is of, and the event that it makes. */
export type TraceEvent = {
  service_type: string;
  resource_type: string;
  trace_name: string;
  event: unknown;
};

/** Hands a trace to the functions whose CTS triggers wait for it. */
export function deliverTrace(deps: FgDeps, trace: TraceEvent): void {
  for (const trigger of deps.triggers.all('CTS')) {
    const wanted = readOperations(trigger.data['operations'] as string[]).some(
      ({ service, resource, trace: name }) =>
        service === trace.service_type &&
        resource === trace.resource_type &&
        name === trace.trace_name,
    );
    if (wanted) submitTo(deps, trigger, () => inModelTime(trace.event, deps.time));
  }
}

/** The event with its times as functions have them. */
function inModelTime(event: unknown, time: Time): unknown {
  return JSON.parse(JSON.stringify(event), (name, value: unknown) => {
    if (name !== 'time' && name !== 'record_time') return value;
    if (typeof value === 'number') return Math.round(time.modelOf(value));
    const ms = typeof value === 'string' ? Date.parse(value) : NaN;
    return Number.isNaN(ms) ? value : new Date(time.modelOf(ms)).toISOString();
  });
}
