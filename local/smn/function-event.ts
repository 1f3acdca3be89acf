import type { Publication } from './publish-request.ts';

/** A message that was published to a topic; `time` in epoch ms. */
export type Published = Publication & { topicUrn: string; messageId: string; time: number };

/** The function that receives the event; its name and URN are made up if unknown. */
type Subscriber = { requestId: string; functionUrn?: string; functionName?: string };

/**
 * Returns the event that a subscribed function receives. A message structure gives it the text for functions, else the
 * default text. How attributes arrive is not documented; the samples have null.
 */
export function functionEvent(
  { subject, message, message_structure: structure, topicUrn, messageId, time }: Published,
  { requestId, functionUrn, functionName = 'on-topic' }: Subscriber,
): Record<string, unknown> {
  const [region = '', projectId = ''] = topicUrn.split(':').slice(2);
  const unknownUrn = `urn:fss:${region}:${projectId}:function:default:on-topic:latest`;
  return {
    record: [
      {
        event_version: '1.0',
        event_source: 'smn',
        event_subscription_urn: functionUrn ?? unknownUrn,
        smn: {
          topic_urn: topicUrn,
          message_id: messageId,
          type: 'notification',
          subject,
          message: structure === null ? message : textForFunctions(structure),
          message_attributes: null,
          timestamp: `${new Date(time).toISOString().slice(0, 19)}Z`,
        },
      },
    ],
    functionname: functionName,
    requestId,
    timestamp: chinaTime(time),
  };
}

function textForFunctions(structure: string): string | undefined {
  const texts = JSON.parse(structure) as Record<string, string>;
  return texts['functiongraph'] ?? texts['functionstage'] ?? texts['default'];
}

/** Formats a time as `Tue Feb 03 2026 15:11:40 GMT+0800 (CST)`. */
function chinaTime(ms: number): string {
  const text = new Date(ms + 8 * 3_600_000).toUTCString();
  const [, day = '', month = '', year = '', time = ''] =
    /^\w+, (\d\d) (\w+) (\d+) ([\d:]+)/.exec(text) ?? [];
  return `${text.slice(0, 3)} ${month} ${day} ${year} ${time} GMT+0800 (CST)`;
}
