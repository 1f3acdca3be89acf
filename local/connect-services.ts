import { type Control, createControl } from './control/control.ts';
import type { Services } from './create-services.ts';
import { createRandom, hexId } from './simulation/random.ts';
import type { Time } from './simulation/time.ts';
import { functionEvent } from './smn/function-event.ts';
import type { SmnMessage } from './smn/service.ts';

/** Sends traces and messages to the functions and to the control API. Returns that API. */
export function connectServices(
  { world, calls, smn, functiongraph }: Services,
  time: Time,
): Control<SmnMessage> {
  const control = createControl({
    world,
    time,
    counts: () => calls.counts(),
    messages: () => smn.messages(),
    onDelivery: (event, { service_type, resource_type, trace_name }) =>
      functiongraph.onTrace({
        service_type: String(service_type),
        resource_type: String(resource_type),
        trace_name,
        event,
      }),
  });
  const requestIds = createRandom(world.seed, 'topics');
  smn.listen((published) => {
    control.deliverMessage(functionEvent(published, { requestId: hexId(requestIds) }));
    functiongraph.onMessage({
      topicUrn: published.topicUrn,
      attributes: published.message_attributes,
      publishedAt: published.time,
      eventFor: ({ time: receivedAt, ...subscriber }) =>
        functionEvent({ ...published, time: receivedAt }, subscriber),
    });
  });
  return control;
}
