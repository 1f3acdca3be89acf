import type { Time } from '../../simulation/time.ts';
import type { AsyncQueue } from '../invocations/async-queue.ts';
import type { FunctionStore } from '../model/function-store.ts';
import type { TriggerStore } from '../model/trigger-store.ts';
import type { TriggerRecord } from '../model/trigger.ts';
import type { Place } from '../model/urn.ts';

/** What triggers need to fire. */
export type FiringDeps = {
  place: Place;
  functions: FunctionStore;
  triggers: TriggerStore;
  queue: AsyncQueue;
  newRequestId(): string;
  time: Time;
};

/** Submits an event to a trigger's function, unless that was deleted. `makeEvent` receives the request id. */
export function submitEvent(
  { functions, queue, newRequestId }: FiringDeps,
  trigger: TriggerRecord,
  makeEvent: (requestId: string) => unknown,
): void {
  if (!functions.exists(trigger.function)) return;
  const requestId = newRequestId();
  queue.submit(trigger.function, requestId, JSON.stringify(makeEvent(requestId)));
}
