import { createHttpApp } from '../../lib/http/app.ts';
import { parseApigEvent } from '../../lib/runtime/events/apig-event.ts';
import { toApigResponse } from '../../lib/runtime/apig-response.ts';
import { pick } from '../../local/simulation/random.ts';
import { hashOf, TOKEN, tokenEntry } from '../keys.ts';
import type { Night } from '../night.ts';
import type { AgendaClock } from '../play-clock.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** What the API answered, for comparison with the night's outcome. */
export type Callers = {
  /** The number of HTTP responses, by status. */
  statuses: Record<number, number>;
  /** Run ids in responses, by idempotency key. */
  runsByKey: Map<string, Set<string>>;
  /** How often an HTTP request woke drive. */
  wakeUps: number;
};

type Scene = {
  night: Night;
  clock: AgendaClock;
  random: () => number;
  /** Does something at about a minute of the night. */
  at(minute: number, event: () => unknown): void;
  /** Returns running phones without events. */
  idle(count: number): string[];
};

/** Plans calls to the API: runs under new and old keys, cancelled, planned and listed. Counts what came back in `answers`. */
export function planCallers({ night, clock, random, at, idle }: Scene, answers: Callers): void {
  const { world } = night.cloud;
  const app = createHttpApp();
  const callers = {
    tokens: [tokenEntry(`ci:read+run+cancel:never:sha256-${hashOf(TOKEN)}`)],
    webhooks: [],
  };
  const call = async (method: string, path: string, body?: object, key?: string) => {
    const { request, mount } = parseApigEvent({
      httpMethod: method,
      path,
      pathParameters: { '': path.slice(1) },
      queryStringParameters: {},
      headers: {
        authorization: `Bearer ${TOKEN}`,
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      body: body === undefined ? '' : JSON.stringify(body),
      isBase64Encoded: false,
    });
    const { deps } = night.invocation();
    const wake = {
      functiongraph: { invokeAsync: async () => void (answers.wakeUps += 1) },
      driveUrn: 'urn:fss:r:p:function:default:drive',
    };
    const until = clock.now() + 50 * SECOND;
    const response = await toApigResponse(
      await app.respond(request, { run: deps, wake, callers, mount, until }),
    );
    answers.statuses[response.statusCode] = (answers.statuses[response.statusCode] ?? 0) + 1;
    return response.statusCode === 202 && path === '/v1/runs'
      ? (JSON.parse(response.body) as { run_id: string }).run_id
      : undefined;
  };
  const requestRun = async (key: string, phones: string[]): Promise<string | undefined> => {
    const runId = await call('POST', '/v1/runs', { policy: 'ondemand', phones }, key);
    const known = answers.runsByKey.get(key) ?? new Set();
    if (runId !== undefined) answers.runsByKey.set(key, known.add(runId));
    return runId;
  };
  /** Phones for a request; one of them is being exported, if any is. */
  const wanted = (count: number): string[] => {
    const busy = [...world.jobs.byId.values()].filter(
      ({ kind, status }) => kind === 'export' && status === 1,
    );
    const exported = busy.length === 0 ? [] : [pick(random, busy).phoneId];
    return [...new Set([...exported, ...idle(count)])].slice(0, count);
  };
  for (let number = 0; number < 10; number += 1) {
    const key = `busy-key-${number}`;
    at(0.5 + number * 1.7, async () => {
      const phones = wanted(1 + (number % 3));
      await Promise.all([
        requestRun(key, phones),
        requestRun(key, [...phones].reverse()),
        requestRun(key, phones),
      ]);
      clock.at(clock.now() + 3 * MINUTE, () => requestRun(key, phones));
      clock.at(clock.now() + 4 * MINUTE, () =>
        call('POST', '/v1/runs', { policy: 'ondemand', phones: ['another'] }, key),
      );
    });
  }
  at(5, () => requestRun('busy-key-of-thirty', wanted(30)));
  at(7, async () => {
    const runId = await requestRun('busy-key-cancelled', wanted(3));
    await Promise.all([1, 2].map(() => call('POST', `/v1/runs/${runId}/cancel`)));
  });
  for (let minute = 1; minute < 20; minute += 1) {
    at(minute, () => call('POST', '/v1/plan', { policy: minute % 2 ? 'nightly' : 'ondemand' }));
    at(minute, () => call('GET', '/v1/runs'));
  }
}
