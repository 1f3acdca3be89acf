import { functionUrn } from '../model/urn.ts';
import { type FiringDeps, submitEvent } from './submit.ts';

/** A message that was published to a topic. */
export type TopicMessage = {
  topicUrn: string;
  attributes: unknown;
  /** Real time, epoch ms. */
  publishedAt: number;
  /** Returns the event for a function. */
  eventFor(subscriber: {
    functionUrn: string;
    functionName: string;
    requestId: string;
    /** Simulated time, epoch ms. */
    time: number;
  }): unknown;
};

const FUNCTION_PROTOCOLS = ['functiongraph', 'functionstage'];

/** Submits a message to every function that has a trigger for its topic. */
export function deliverMessage(deps: FiringDeps, message: TopicMessage): void {
  if (!isForFunctions(message.attributes)) return;
  const time = Math.round(deps.time.toSimulated(message.publishedAt));
  for (const trigger of deps.triggers.all('SMN')) {
    if (trigger.data['topic_urn'] !== message.topicUrn) continue;
    const urn = functionUrn(trigger.function, deps.place);
    const functionName = trigger.function.name;
    submitEvent(deps, trigger, (requestId) =>
      message.eventFor({ functionUrn: urn, functionName, requestId, time }),
    );
  }
}

/** False if an attribute of type PROTOCOL limits the message to other protocols. */
function isForFunctions(attributes: unknown): boolean {
  if (!Array.isArray(attributes)) return true;
  const protocols = (attributes as { type?: string; value?: unknown }[]).find(
    ({ type }) => type === 'PROTOCOL',
  );
  if (!Array.isArray(protocols?.value)) return true;
  return protocols.value.some((protocol) => FUNCTION_PROTOCOLS.includes(String(protocol)));
}
