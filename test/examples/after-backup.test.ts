import { describe, expect, it } from 'vitest';
import { createHandler } from '../../examples/after-backup/index.ts';
import type { Notification } from '../../lib/run/notify/message/notification.ts';
import { composeMessage } from '../../lib/run/notify/message/compose.ts';
import { storeHints } from '../../lib/run/first-backup/hints/store-hints.ts';
import { readEvent } from '../../lib/runtime/events/read-event.ts';
import { api, type Api } from '../http/support/api.ts';
import { everyKind, settledRun } from '../run/notify/message/samples.ts';
import { TOKEN } from '../../testing/keys.ts';
import { NIGHTLY } from '../../testing/night.ts';

const settings: Record<string, string> = {
  CHAIN: 'nightly, weekly-apps',
  API_URL: 'https://gateway.example/backup/',
  API_TOKEN: TOKEN,
};

/** The example, with the HTTP API of an embedded cloud that delivers each message five times, in any order. */
async function setUp(changes: Record<string, string> = {}) {
  const world = await api({ phones: 2, servers: 1, seed: 3 });
  world.cloud.control.setDelivery({
    copies: 5,
    delayMs: [0, 60_000],
    forms: ['cts'],
    topics: true,
  });
  await world.putPolicy(NIGHTLY);
  await world.putPolicy(NIGHTLY.replace('nightly', 'weekly-apps'), 'weekly-apps');
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  const context = {
    getUserData: (name: string) => ({ ...settings, ...changes })[name],
    getLogger: () => ({ info: log, error: log }),
  };
  const handler = createHandler(async (url, init) => {
    const headers = new Headers(init?.headers);
    const { pathname } = new URL(url);
    const response = await world.call(init?.method ?? 'GET', pathname.replace('/backup', ''), {
      token: headers.get('authorization')?.replace('Bearer ', '') ?? '',
      key: headers.get('idempotency-key') ?? '',
      body: init?.body,
    });
    return new Response(response.text, { status: response.status });
  });
  return { world, lines, fire: (event: unknown) => handler(event, context) };
}

/** Returns the events that a function on the topic has received since the last call. */
function listener(world: Api): () => Promise<unknown[]> {
  let seen = 0;
  return async () => {
    world.clock.move(60_000);
    const all = await world.cloud.control.events();
    const fresh = all.filter(({ number }) => number > seen);
    seen = all.length;
    return fresh.map(({ event }) => event);
  };
}

/** The event of a completed run of the first policy. */
function afterNightly() {
  const message = JSON.stringify({
    version: 1,
    kind: 'settled',
    run_id: 'nightly-1',
    policy: 'nightly',
    outcome: 'completed',
  });
  const quiet = { info: () => undefined, error: () => undefined };
  const context = { getUserData: (name: string) => settings[name], getLogger: () => quiet };
  return { event: { record: [{ smn: { message } }] }, context };
}

const runIds = async (world: Api): Promise<string[]> => {
  const { body } = await world.call('GET', '/v1/runs');
  return (body.runs as { run_id: string }[]).map(({ run_id }) => run_id).sort();
};

describe('the example after-backup', () => {
  it('starts the next policy once, and nothing after the last policy', async () => {
    const { world, fire } = await setUp();
    const got = listener(world);
    const first = await world.requestRun('nightly');
    await world.settle(first);
    const events = await got();
    expect(events).toHaveLength(5);

    const results = await Promise.all(events.map(fire));

    const [second = ''] = results[0]?.started ?? [];
    expect(second).toMatch(/^weekly-apps-[\da-f]{24}$/);
    expect(results).toEqual(results.map(() => ({ started: [second], ignored: {} })));
    expect((await world.settle(second)).report.outcome).toBe('completed');
    const after = await Promise.all((await got()).map(fire));
    expect(after).toEqual(after.map(() => ({ started: [], ignored: { no_next_policy: 1 } })));
    expect(after).toHaveLength(5);
    expect(await runIds(world)).toEqual([first, second].sort());
  });

  it('starts nothing after a failed run, or if the message is not a notification', async () => {
    const { world, fire } = await setUp();
    const got = listener(world);
    const { body } = await world.call('POST', '/v1/runs', {
      key: 'k',
      body: { policy: 'nightly', phones: ['ffff'] },
    });
    await world.settle(String(body.run_id));
    for (const event of await got()) {
      expect(await fire(event)).toEqual({ started: [], ignored: { no_next_policy: 1 } });
    }
    const others = ['Phone ready', '{}', '[]', 'null', '{"version":2,"kind":"settled"}', undefined];
    const record = others.map((message) => ({ smn: { message } }));
    expect(await fire({ record })).toEqual({ started: [], ignored: { no_notification: 6 } });
    for (const event of [null, 'x', {}, { record: [null] }, { cts: {} }]) {
      expect(await fire(event)).toEqual({ started: [], ignored: { no_notification: 1 } });
    }
    expect(await runIds(world)).toEqual([body.run_id]);
  });

  it.each([
    [{ API_TOKEN: 'pv_wrong' }, { started: [], ignored: { refused_401: 1 } }],
    [{ CHAIN: 'nightly,gone' }, { started: [], ignored: { refused_404: 1 } }],
  ])('does not retry a rejected request: %j', async (changes, result) => {
    const { world, fire } = await setUp(changes);
    const got = listener(world);
    await world.settle(await world.requestRun('nightly'));
    const [event] = await got();
    expect(await fire(event)).toEqual(result);
  });

  it.each([
    [404, '<html>no such API</html>'],
    [403, ''],
    [200, 'null'],
  ])('gives up if a gateway returns %d and %j', async (status, text) => {
    const odd = createHandler(async () => new Response(text, { status }));
    const { event, context } = afterNightly();
    expect(await odd(event, context)).toEqual({
      started: [],
      ignored: { [`refused_${status}`]: 1 },
    });
  });

  it.each([429, 500, 503])('throws on %d, so that FunctionGraph retries', async (status) => {
    const failing = createHandler(async () => new Response('{}', { status }));
    const { event, context } = afterNightly();
    await expect(failing(event, context)).rejects.toThrow(`${status}`);
  });

  it.each(['nightly', 'a,b,a', ''])(
    'rejects a chain that is too short or could loop: %j',
    async (CHAIN) => {
      const { fire } = await setUp({ CHAIN });
      await expect(fire({ record: [] })).rejects.toThrow('CHAIN');
    },
  );
});

describe('the function event on the topic of the notifications', () => {
  const phone = '0123456789abcdef0123456789abcdef';
  const failed = [{ phone_id: phone, phone_name: '', outcome: 'failed' as const }];
  const notification: Notification[] = [...everyKind, settledRun({ outcome: 'completed', failed })];

  it('cannot loop: no notification of Phonevault, in any form, stores a hint', async () => {
    const { world } = await setUp();
    const got = listener(world);
    const { deps } = world.invocation();
    for (const one of notification) await deps.topic.publish(deps.topicUrn, composeMessage(one));
    // In case a region sends functions the default text.
    for (const one of notification) {
      const { message_structure, ...rest } = composeMessage(one);
      const texts = { default: message_structure['default'] ?? '' };
      await deps.topic.publish(deps.topicUrn, { ...rest, message_structure: texts });
    }
    const events = await got();
    expect(events).toHaveLength(notification.length * 2 * 5);
    for (const event of events) {
      const { hints, ignored } = await storeHints(deps, readEvent(event));
      expect(hints).toEqual([]);
      expect(Object.keys(ignored)).toEqual([
        expect.stringMatching(/^(own_notification|nothing_named)$/),
      ]);
    }
    expect(await deps.store.list('open/')).toEqual([]);
  });
});
