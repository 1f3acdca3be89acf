import type { FgDeps } from '../deps.ts';
import { versionUrn } from '../model/urn.ts';
import { submitTo } from './submit.ts';

/** A message that a topic took. */
export type TopicMessage = {
  topicUrn: string;
  attributes: unknown;
  /** The event that it is to a function; `at` is model time. */
  eventFor(subscriber: {
    functionUrn: string;
    functionName: string;
    requestId: string;
    at(trueTime: number): number;
  }): unknown;
};

const PROTOCOL = 'PROTOCOL';
const OURS = ['functiongraph', 'functionstage'];

/** Hands a message to the functions that are subscribed to its topic. */
export function deliverMessage(deps: FgDeps, message: TopicMessage): void {
  if (!isForFunctions(message.attributes)) return;
  for (const trigger of deps.triggers.all('SMN')) {
    if (trigger.data['topic_urn'] !== message.topicUrn) continue;
    const functionUrn = versionUrn(trigger.function, trigger.qualifier, deps.place);
    const functionName = trigger.function.name;
    const at = (trueTime: number) => Math.round(deps.time.modelOf(trueTime));
    submitTo(deps, trigger, (requestId) =>
      message.eventFor({ functionUrn, functionName, requestId, at }),
    );
  }
}

/** A message may name the protocols that it is for. */
function isForFunctions(attributes: unknown): boolean {
  if (!Array.isArray(attributes)) return true;
  const named = (attributes as { type?: string; value?: unknown }[]).find(
    ({ type }) => type === PROTOCOL,
  );
  if (!Array.isArray(named?.value)) return true;
  return named.value.some((protocol) => OURS.includes(String(protocol)));
}
