import * as z from 'zod';
import { call, type Caller, isAbsent, segment } from './request/request.ts';

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
   * Publishes one message. Sent once, because a repeat would be a second message.
   * Throws ServiceError; with carriedOut 'unknown' SMN may have sent the message.
   */
  publish(topicUrn: string, notification: Notification): Promise<{ message_id: string }>;
  /** True when the topic exists. Throws ServiceError. */
  hasTopic(topicUrn: string): Promise<boolean>;
  /** The first 100 subscriptions of a topic, and the total. Throws ServiceError. */
  listSubscriptions(topicUrn: string): Promise<{ count: number; subscriptions: Subscription[] }>;
};

/** `confirmed`: it receives messages. */
type Subscription = { protocol: string; confirmed: boolean };

/** Of 0 unconfirmed, 1 confirmed, 2 needs no confirmation, 3 cancelled and 4 deleted (ListSubscriptions). */
const CONFIRMED = [1, 2];

const publishReply = z.object({ message_id: z.string().min(1) });
const topicReply = z.object({ topic_urn: z.string().min(1) });
const subscriptionsReply = z.object({
  subscription_count: z.number().int().min(0),
  subscriptions: z.array(
    z
      .object({ protocol: z.string(), status: z.number().int() })
      .transform(({ protocol, status }) => ({ protocol, confirmed: CONFIRMED.includes(status) })),
  ),
});

/** Returns a client of SMN at `endpoint` for one project. */
export function createSmn(options: Caller & { endpoint: string; projectId: string }): Smn {
  const topics = `${options.endpoint}/v2/${segment(options.projectId)}/notifications/topics`;
  const read = { service: 'smn', method: 'GET', idempotent: true } as const;
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

    async hasTopic(topicUrn) {
      try {
        await call(options, {
          ...read,
          operation: 'show-topic',
          url: `${topics}/${segment(topicUrn)}`,
          reply: topicReply,
        });
        return true;
      } catch (error) {
        if (isAbsent(error)) return false;
        throw error;
      }
    },

    async listSubscriptions(topicUrn) {
      const reply = await call(options, {
        ...read,
        operation: 'list-subscriptions',
        url: `${topics}/${segment(topicUrn)}/subscriptions`,
        query: { offset: 0, limit: 100 },
        reply: subscriptionsReply,
      });
      return { count: reply.subscription_count, subscriptions: reply.subscriptions };
    },
  };
}
