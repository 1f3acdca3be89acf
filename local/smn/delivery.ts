import type { Publication } from './publish-request.ts';

/**
 * The event that a function gets which is subscribed to a topic: of a message that is structured by protocol the text for
 * functions, else the default one. How attributes come is not documented; samples have null there.
 */
export function functionEvent(
  { subject, message, message_structure: structure }: Publication,
  facts: { topicUrn: string; messageId: string; requestId: string; time: number },
): Record<string, unknown> {
  const at = new Date(facts.time);
  const [region = '', projectId = ''] = facts.topicUrn.split(':').slice(2);
  return {
    record: [
      {
        event_version: '1.0',
        event_source: 'smn',
        event_subscription_urn: `urn:fss:${region}:${projectId}:function:default:on-topic:latest`,
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
    functionname: 'on-topic',
    requestId: facts.requestId,
    timestamp: at.toString(),
  };
}

function textFor(structure: string): string | undefined {
  const texts = JSON.parse(structure) as Record<string, string>;
  return texts['functiongraph'] ?? texts['functionstage'] ?? texts['default'];
}
