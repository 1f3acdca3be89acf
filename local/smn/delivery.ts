import type { Publication } from './publish-request.ts';

/**
 * The event that a function gets which is subscribed to a topic: of a message that is structured by protocol the text for
 * functions, else the default one. How attributes come is not documented; samples have null there.
 */
export function functionEvent(
  { subject, message, message_structure: structure }: Publication,
  facts: {
    topicUrn: string;
    messageId: string;
    requestId: string;
    /** Epoch ms. */
    time: number;
    /** The function, when it is known. */
    functionUrn?: string;
    functionName?: string;
  },
): Record<string, unknown> {
  const at = new Date(facts.time);
  const [region = '', projectId = ''] = facts.topicUrn.split(':').slice(2);
  const { functionName = 'on-topic' } = facts;
  const urn =
    facts.functionUrn ?? `urn:fss:${region}:${projectId}:function:default:on-topic:latest`;
  return {
    record: [
      {
        event_version: '1.0',
        event_source: 'smn',
        event_subscription_urn: urn,
        smn: {
          topic_urn: facts.topicUrn,
          message_id: facts.messageId,
          type: 'notification',
          subject,
          message: structure === null ? message : textFor(structure),
          message_attributes: null,
          timestamp: `${at.toISOString().slice(0, 19)}Z`,
        },
      },
    ],
    functionname: functionName,
    requestId: facts.requestId,
    timestamp: chinaText(facts.time),
  };
}

function textFor(structure: string): string | undefined {
  const texts = JSON.parse(structure) as Record<string, string>;
  return texts['functiongraph'] ?? texts['functionstage'] ?? texts['default'];
}

/** `Tue Feb 03 2026 15:11:40 GMT+0800 (CST)`. */
function chinaText(ms: number): string {
  const text = new Date(ms + 8 * 3_600_000).toUTCString();
  const [, day = '', month = '', year = '', time = ''] =
    /^\w+, (\d\d) (\w+) (\d+) ([\d:]+)/.exec(text) ?? [];
  return `${text.slice(0, 3)} ${month} ${day} ${year} ${time} GMT+0800 (CST)`;
}
