import { errorAnswer, gatewayError, jsonAnswer } from '../http/responses.ts';
import { type Call, createApi } from '../api/api.ts';
import { parseJson } from '../http/body.ts';
import { type Route } from '../http/router.ts';
import { type FaultBook } from '../faults/fault-book.ts';
import { throttled } from '../faults/throttled.ts';
import { hexId, type Random } from '../simulation/random.ts';
import type { Calls } from '../api/calls.ts';
import type { Service } from '../http/server.ts';
import type { Time } from '../simulation/time.ts';
import { createWindow, type Window } from '../simulation/rate-window.ts';
import { SmnError } from './error.ts';
import { type Publication, readPublication } from './publish-request.ts';
import { createSubscriptions } from './subscriptions.ts';
import { createTopics, readPage } from './topics.ts';

/** A message that was accepted; what it did not have is null. `time` is ISO 8601, true time. */
export type SmnMessage = Publication & { time: string };

export type Smn = {
  service: Service;
  /** The messages accepted, oldest first; beyond 10,000 the oldest are forgotten. */
  messages(): SmnMessage[];
  hasTopic(urn: string): boolean;
  /** Takes a message from another service of the cloud. */
  publishInside(urn: string, subject: string, message: string): void;
  /** Calls `listener` with every message that a topic took. */
  listen(listener: (message: Published) => void): void;
};

/** A message on its way to those who are subscribed; `time` is true time, epoch ms. */
type Published = Publication & { topicUrn: string; messageId: string; time: number };

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
const RATE = 3_000;
const MINUTE = 60_000;
const KEPT = 10_000;

/** SMN: takes messages to known topics and tells listeners. The rate runs in model time. */
export function createSmn(options: {
  time: Time;
  /** The 401 of a request, or undefined when it may pass. */
  authenticate(request: Request, body: Uint8Array): Promise<Response | undefined>;
  topics: readonly string[];
  region: string;
  projectId: string;
  calls: Calls;
  faults: FaultBook;
  random: Random;
}): Smn {
  const { time, authenticate, region, projectId, calls, faults, random } = options;
  const topics = createTopics(options.topics, `urn:smn:${region}:${projectId}`);
  const subscriptions = createSubscriptions({ projectId, random });
  const windows = new Map<string, Window>();
  const kept: SmnMessage[] = [];
  const listeners: ((message: Published) => void)[] = [];

  const take = (topicUrn: string, publication: Publication): string => {
    const now = time.now();
    const messageId = hexId(random);
    kept.push({ ...publication, time: new Date(now).toISOString() });
    if (kept.length > KEPT) kept.shift();
    for (const listener of listeners) listener({ ...publication, topicUrn, messageId, time: now });
    return messageId;
  };

  const publish = (urn: string, body: Uint8Array): Response => {
    topics.check(urn);
    const window = windows.get(urn) ?? createWindow(RATE, MINUTE);
    windows.set(urn, window);
    if (!window.admit(time.model())) return throttled('smn', RATE, time);
    return answer({ message_id: take(urn, readPublication(parseJson(body))) });
  };

  const answer = (body: Record<string, unknown>, status = 200): Response => {
    const requestId = hexId(random);
    return jsonAnswer(status, { request_id: requestId, ...body }, requestId);
  };

  const perform = (route: (typeof ROUTES)[number], { params, query, body }: Call): Response => {
    const urn = params['topic_urn'] ?? '';
    switch (route.operation) {
      case 'publish':
        return publish(urn, body);
      case 'list-topics':
        return answer(topics.list(query));
      case 'show-topic':
        topics.check(urn);
        return answer(topics.describe(urn));
      case 'create-topic': {
        const { urn: made, existed } = topics.create(parseJson(body));
        return answer({ topic_urn: made }, existed ? 200 : 201);
      }
      case 'list-subscriptions':
        topics.check(urn);
        return answer(subscriptions.list(urn, readPage(query)));
      case 'subscribe': {
        topics.check(urn);
        const { urn: made, existed } = subscriptions.add(urn, parseJson(body));
        return answer({ subscription_urn: made }, existed ? 200 : 201);
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
      return errorAnswer('smn', error.status, error.code, error.message, hexId(random));
    }
  };

  return {
    service: createApi({ service: 'smn', routes: ROUTES, calls, faults, time, random, run }),
    messages: () => structuredClone(kept),
    hasTopic: topics.has,
    publishInside(urn, subject, message) {
      if (!topics.has(urn)) return;
      take(urn, { subject, message, message_structure: null, message_attributes: null });
    },
    listen: (listener) => void listeners.push(listener),
  };
}
