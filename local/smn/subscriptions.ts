import * as z from 'zod';
import { hexId, type Random } from '../simulation/random.ts';
import { SmnError } from './error.ts';

export type Subscriptions = {
  /** Returns the URN of the subscription, and whether it existed before. Throws SMN.0024. */
  add(topicUrn: string, body: unknown): { urn: string; existed: boolean };
  /** Returns a page of a topic's subscriptions, oldest first. */
  list(topicUrn: string, page: { offset: number; limit: number }): Record<string, unknown>;
};

const bodySchema = z.object({
  protocol: z.enum(['email', 'sms', 'http', 'https', 'functionstage', 'functiongraph']),
  endpoint: z.string().min(1).max(255),
  remark: z.string().max(128).nullish(),
});

type Entry = z.infer<typeof bodySchema> & { topicUrn: string; urn: string; status: number };

/** A person or URL must confirm a subscription; here nobody does. Functions need no confirmation. */
const UNCONFIRMED = 0;
const NO_CONFIRMATION_NEEDED = 2;

/** The subscriptions of all topics (smn_api_52002, ListSubscriptionsByTopic). */
export function createSubscriptions(options: { projectId: string; random: Random }): Subscriptions {
  const { projectId, random } = options;
  const entries: Entry[] = [];
  return {
    add(topicUrn, body) {
      const parsed = bodySchema.safeParse(body);
      if (!parsed.success) {
        const field = String(parsed.error.issues[0]?.path[0] ?? 'body');
        throw new SmnError(400, 'SMN.0024', `Parameter: ${field} is invalid.`);
      }
      const { protocol, endpoint } = parsed.data;
      const known = entries.find(
        (entry) =>
          entry.topicUrn === topicUrn && entry.protocol === protocol && entry.endpoint === endpoint,
      );
      if (known !== undefined) return { urn: known.urn, existed: true };
      const status = protocol.startsWith('function') ? NO_CONFIRMATION_NEEDED : UNCONFIRMED;
      const urn = `${topicUrn}:${hexId(random)}`;
      entries.push({ ...parsed.data, topicUrn, urn, status });
      return { urn, existed: false };
    },
    list(topicUrn, { offset, limit }) {
      const own = entries.filter((entry) => entry.topicUrn === topicUrn);
      return {
        subscription_count: own.length,
        subscriptions: own
          .slice(offset, offset + limit)
          .map(({ urn, protocol, endpoint, remark, status }) => ({
            topic_urn: topicUrn,
            protocol,
            subscription_urn: urn,
            owner: projectId,
            endpoint,
            remark: remark ?? '',
            status,
          })),
      };
    },
  };
}
