import { type Call, createApi } from '../api/api.ts';
import type { Calls } from '../api/calls.ts';
import type { FaultRegistry } from '../faults/fault-registry.ts';
import { throttled } from '../faults/throttled.ts';
import { parseJson } from '../http/body.ts';
import { errorResponse, gatewayError, jsonResponse } from '../http/responses.ts';
import type { Route } from '../http/router.ts';
import type { Service } from '../http/server.ts';
import { hexId, type Random } from '../simulation/random.ts';
import { createRateWindow, type RateWindow } from '../simulation/rate-window.ts';
import type { Time } from '../simulation/time.ts';
import { SmnError } from './error.ts';
import type { Published } from './function-event.ts';
import { type Publication, readPublication } from './publish-request.ts';
import { createSubscriptions } from './subscriptions.ts';
import { createTopics, readPage } from './topics.ts';

/** An accepted message; absent fields are null. `time` is ISO 8601, real time. */
export type SmnMessage = Publication & { time: string };

export type Smn = {
  service: Service;
  /** Returns the accepted messages, oldest first; at most the last 10,000. */
  messages(): SmnMessage[];
  hasTopic(urn: string): boolean;
  /** Accepts a message from another service of the cloud. Ignores an unknown topic. */
  publishInternally(urn: string, subject: string, message: string): void;
  /** Calls `listener` with every published message; its time is real time. */
  listen(listener: (message: Published) => void): void;
};

const TOPICS = '/v2/:project_id/notifications/topics';
const ROUTES = [
  { method: 'POST', path: `${TOPICS}/:topic_urn/publish`, operation: 'publish' },
  { method: 'GET', path: TOPICS, operation: 'list-topics' },
  { method: 'GET', path: `${TOPICS}/:topic_urn`, operation: 'show-topic' },
  { method: 'POST', path: TOPICS, operation: 'create-topic' },
  { method: 'GET', path: `${TOPICS}/:topic_urn/subscriptions`, operation: 'list-subscriptions' },
  { method: 'POST', path: `${TOPICS}/:topic_urn/subscriptions`, operation: 'subscribe' },
] as const satisfies readonly Route[];

// smn_pd_25005: messages a minute and topic.
const MAX_PER_MINUTE = 3_000;
const MINUTE = 60_000;
const MAX_KEPT = 10_000;

/** SMN with the given topics. Its rate limit counts in simulated time. */
export function createSmn(options: {
  time: Time;
  /** Returns the 401 of a request, undefined if the caller is authenticated. */
  authenticate(request: Request, body: Uint8Array): Promise<Response | undefined>;
  topics: readonly string[];
  region: string;
  projectId: string;
  calls: Calls;
  faults: FaultRegistry;
  random: Random;
}): Smn {
  const { time, authenticate, region, projectId, calls, faults, random } = options;
  const topics = createTopics(options.topics, `urn:smn:${region}:${projectId}`);
  const subscriptions = createSubscriptions({ projectId, random });
  const windows = new Map<string, RateWindow>();
  const messages: SmnMessage[] = [];
  const listeners: ((message: Published) => void)[] = [];

  const accept = (topicUrn: string, publication: Publication): string => {
    const now = time.now();
    const messageId = hexId(random);
    messages.push({ ...publication, time: new Date(now).toISOString() });
    if (messages.length > MAX_KEPT) messages.shift();
    for (const listener of listeners) listener({ ...publication, topicUrn, messageId, time: now });
    return messageId;
  };

  const publish = (urn: string, body: Uint8Array): Response => {
    topics.check(urn);
    const window = windows.get(urn) ?? createRateWindow(MAX_PER_MINUTE, MINUTE);
    windows.set(urn, window);
    if (!window.admit(time.simulated())) return throttled('smn', MAX_PER_MINUTE, time);
    return respond({ message_id: accept(urn, readPublication(parseJson(body))) });
  };

  const respond = (body: Record<string, unknown>, status = 200): Response => {
    const requestId = hexId(random);
    return jsonResponse(status, { request_id: requestId, ...body }, requestId);
  };

  const perform = (route: (typeof ROUTES)[number], { params, query, body }: Call): Response => {
    const urn = params['topic_urn'] ?? '';
    switch (route.operation) {
      case 'publish':
        return publish(urn, body);
      case 'list-topics':
        return respond(topics.list(query));
      case 'show-topic':
        topics.check(urn);
        return respond(topics.describe(urn));
      case 'create-topic': {
        const { urn: topicUrn, existed } = topics.create(parseJson(body));
        return respond({ topic_urn: topicUrn }, existed ? 200 : 201);
      }
      case 'list-subscriptions':
        topics.check(urn);
        return respond(subscriptions.list(urn, readPage(query)));
      case 'subscribe': {
        topics.check(urn);
        const { urn: subscriptionUrn, existed } = subscriptions.add(urn, parseJson(body));
        return respond({ subscription_urn: subscriptionUrn }, existed ? 200 : 201);
      }
    }
  };

  const run = async (route: (typeof ROUTES)[number], call: Call): Promise<Response> => {
    const refusal = await authenticate(call.request, call.body);
    if (refusal !== undefined) return refusal;
    if (call.params['project_id'] !== projectId) {
      const message = 'The caller may not use this project.';
      return gatewayError(403, 'APIGW.0302', message, hexId(random));
    }
    try {
      return perform(route, call);
    } catch (error) {
      if (!(error instanceof SmnError)) throw error;
      const { status, code, message } = error;
      return errorResponse('smn', { status, code, message, requestId: hexId(random) });
    }
  };

  return {
    service: createApi({ service: 'smn', routes: ROUTES, calls, faults, time, random, run }),
    messages: () => structuredClone(messages),
    hasTopic: topics.has,
    publishInternally(urn, subject, message) {
      if (!topics.has(urn)) return;
      accept(urn, { subject, message, message_structure: null, message_attributes: null });
    },
    listen: (listener) => void listeners.push(listener),
  };
}
