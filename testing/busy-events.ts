import { createHttpApp } from '../lib/http/app.ts';
import { layout } from '../lib/ledger/store/layout.ts';
import { storeHints } from '../lib/run/first-backup/store-hints.ts';
import { parseApigEvent } from '../lib/runtime/events/apig-event.ts';
import { toApigResponse } from '../lib/runtime/apig-response.ts';
import { readEvent } from '../lib/runtime/events/read-event.ts';
import { changePower } from '../local/cph/world/power.ts';
import { createRandom, pick, shuffled } from '../local/simulation/random.ts';
import { hashOf, TOKEN, tokenEntry } from './keys.ts';
import type { Night } from './night.ts';
import type { AgendaClock } from './play-clock.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const RUNNING = 2;

/** Runs with an unreadable request: one is cut JSON, one is of a newer version. */
export const BROKEN = ['nightly-20251231t183000z', 'ondemand-0000000000000000'];

/** What happened to the cloud and the functions, for comparison with the outcome. */
export type Doings = {
  /** How many first backups each phone is owed. */
  owed: Map<string, number>;
  /** Phones without an event. */
  untold: string[];
  /** The number of HTTP responses, by status. */
  statuses: Record<number, number>;
  /** Run ids in responses, by idempotency key. */
  answered: Map<string, Set<string>>;
  kicks: number;
};

/**
 * Plans events from `start` (epoch ms) on: phones are bought and reset, with traces that come three times, late, in any order
 * or never; callers request runs under new and old keys, cancel and list them; unreadable requests appear.
 */
export function makeBusy(night: Night, clock: AgendaClock, start: number, seed: number): Doings {
  const random = createRandom(seed, 'busy');
  const doings: Doings = {
    owed: new Map(),
    untold: [],
    statuses: {},
    answered: new Map(),
    kicks: 0,
  };
  const { control, world } = night.cloud;
  const at = (minute: number, event: () => unknown): void =>
    clock.at(start + (minute + random() * 0.4) * MINUTE, event);
  const owe = (phoneId: string): void =>
    void doings.owed.set(phoneId, (doings.owed.get(phoneId) ?? 0) + 1);

  control.setDelivery({
    copies: 3,
    delayMs: [0, 8 * MINUTE],
    forms: ['cts', 'cts_text', 'eventgrid'],
  });
  const fire = async (event: unknown): Promise<void> => {
    const { store, log } = night.invocation().deps;
    await storeHints({ store, log }, readEvent(event));
  };
  let delivered = 0;
  const deliver = async (): Promise<void> => {
    const due = (await control.events()).filter(({ number }) => number > delivered);
    delivered = due.at(-1)?.number ?? delivered;
    const told = due.filter(({ event }) => !doings.untold.some((id) => namesPhone(event, id)));
    await Promise.all(shuffled(random, told).map(({ event }) => fire(event)));
  };
  for (let second = 15; second <= 50 * 60; second += 15) {
    clock.at(start + second * SECOND, deliver);
  }

  const buy = async (count: number): Promise<string[]> => {
    const bought = ((await control.createPhones(count)) ?? []).map(({ phone_id }) => phone_id);
    for (const id of bought) owe(id);
    return bought;
  };
  const idle = (count: number): string[] => {
    const running = [...world.fleet.phones.values()].filter(({ status }) => status === RUNNING);
    const free = running.filter(({ id }) => !doings.owed.has(id));
    return shuffled(random, free)
      .slice(0, count)
      .map(({ id }) => id);
  };
  const reset = (id: string): void => {
    const phone = world.fleet.phones.get(id);
    if (phone === undefined) throw new Error(`no phone ${id}`);
    changePower(world, 'reset', phone, `reset-${id}`);
    owe(id);
  };

  let firstborn: string[] = [];
  at(1, async () => (firstborn = await buy(4)));
  at(4, async () => doings.untold.push(...(await buy(3))));
  at(6, () => buy(2));
  at(9, async () => {
    world.switches.traceResource = 'order';
    await buy(2);
    world.switches.traceResource = 'phone';
  });
  for (const minute of [2, 3, 8]) at(minute, () => idle(1).forEach(reset));
  at(11, async () => {
    const [phone] = idle(1);
    if (phone === undefined) return;
    owe(phone);
    const message = { message_id: 'asked', message: JSON.stringify({ phone_id: phone }) };
    await Promise.all([1, 2, 3].map(() => fire({ record: [{ smn: message }] })));
  });
  at(26, () => firstborn.slice(0, 1).forEach(reset));
  // Every event again, long after its backup.
  at(45, async () => {
    const again = (await control.events()).filter(
      ({ event }) => !doings.untold.some((id) => namesPhone(event, id)),
    );
    await Promise.all(shuffled(random, again).map(({ event }) => fire(event)));
  });

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
      functiongraph: { invokeAsync: async () => void (doings.kicks += 1) },
      driveUrn: 'urn:fss:r:p:function:default:drive',
    };
    const until = clock.now() + 50 * SECOND;
    const answer = await toApigResponse(
      await app.respond(request, { run: deps, wake, callers, mount, until }),
    );
    doings.statuses[answer.statusCode] = (doings.statuses[answer.statusCode] ?? 0) + 1;
    return answer.statusCode === 202 && path === '/v1/runs'
      ? (JSON.parse(answer.body) as { run_id: string }).run_id
      : undefined;
  };
  const ask = async (key: string, phones: string[]): Promise<string | undefined> => {
    const runId = await call('POST', '/v1/runs', { policy: 'ondemand', phones }, key);
    const known = doings.answered.get(key) ?? new Set();
    if (runId !== undefined) doings.answered.set(key, known.add(runId));
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
  for (let asked = 0; asked < 10; asked += 1) {
    const key = `busy-key-${asked}`;
    at(0.5 + asked * 1.7, async () => {
      const phones = wanted(1 + (asked % 3));
      await Promise.all([ask(key, phones), ask(key, [...phones].reverse()), ask(key, phones)]);
      clock.at(clock.now() + 3 * MINUTE, () => ask(key, phones));
      clock.at(clock.now() + 4 * MINUTE, () =>
        call('POST', '/v1/runs', { policy: 'ondemand', phones: ['another'] }, key),
      );
    });
  }
  at(5, () => ask('busy-key-of-thirty', wanted(30)));
  at(7, async () => {
    const runId = await ask('busy-key-cancelled', wanted(3));
    await Promise.all([1, 2].map(() => call('POST', `/v1/runs/${runId}/cancel`)));
  });
  for (let minute = 1; minute < 20; minute += 1) {
    at(minute, () => call('POST', '/v1/plan', { policy: minute % 2 ? 'nightly' : 'ondemand' }));
    at(minute, () => call('GET', '/v1/runs'));
  }
  at(2, async () => {
    const { store } = night.invocation().deps;
    await store.put(layout.request(BROKEN[0] ?? ''), '{"version":1,"run_id":');
    await store.put(layout.request(BROKEN[1] ?? ''), '{"version":99}');
  });
  return doings;
}

function namesPhone(event: unknown, phoneId: string): boolean {
  return JSON.stringify(event).includes(phoneId);
}
