import * as z from 'zod';
import { call, type Caller, segment } from './request.ts';

type Notification = {
  /** At most 512 bytes. */
  subject: string;
  /** A text for each protocol; `default` must be among them. */
  message_structure: Record<string, string>;
  /** Names `[a-z0-9_]`, values letters, digits and `_`, both up to 32. */
  message_attributes: { name: string; value: string }[];
};

export type Smn = {
  /**
   * Hands one message to a topic. Sent once: a repeat would be a second message.
   * Throws ServiceError; with carriedOut 'unknown' the message may have gone out.
   */
  publish(topicUrn: string, notification: Notification): Promise<{ message_id: string }>;
};

const publishReply = z.object({ message_id: z.string().min(1) });

/** A client of SMN at `endpoint` for one project. */
export function createSmn(options: Caller & { endpoint: string; projectId: string }): Smn {
  const topics = `${options.endpoint}/v2/${segment(options.projectId)}/notifications/topics`;
  return {
    publish: (topicUrn, notification) =>
      call(options, {
        service: 'smn',
        operation: 'publish',
        method: 'POST',
        url: `${topics}/${segment(topicUrn)}/publish`,
        json: {
          subject: notification.subject,
          message_structure: JSON.stringify(notification.message_structure),
          message_attributes: notification.message_attributes.map(({ name, value }) => ({
            name,
            type: 'STRING',
            value,
          })),
        },
        reply: publishReply,
        idempotent: false,
      }),
  };
}
