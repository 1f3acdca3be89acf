import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCalls } from '../../../local/api/calls.ts';
import { createFaultRegistry } from '../../../local/faults/fault-registry.ts';
import { createRandom } from '../../../local/simulation/random.ts';
import { createSmn } from '../../../local/smn/service.ts';
import { createTime } from '../../../local/simulation/time.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const PROJECT = 'project1';
const TOPIC = `urn:smn:cn-north-4:${PROJECT}:backups`;
const OTHER = `urn:smn:cn-north-4:${PROJECT}:other`;

function setUp() {
  const clock = { now: NOW };
  const time = createTime({ now: () => clock.now, sleep: async () => undefined });
  const calls = createCalls();
  const faults = createFaultRegistry({ random: createRandom(1, 'faults'), time });
  const smn = createSmn({
    time,
    authenticate: async (request) =>
      request.headers.get('x-auth-token') === 'good'
        ? undefined
        : Response.json({ error_code: 'APIGW.0301' }, { status: 401 }),
    topics: [TOPIC, OTHER],
    region: 'cn-north-4',
    projectId: PROJECT,
    calls,
    faults,
    random: createRandom(1, 'smn'),
  });
  const send = async (path: string, init: RequestInit = {}) => {
    const url = `https://smn.cn-north-4.myhuaweicloud.com${path}`;
    const headers = { 'x-auth-token': 'good', ...(init.headers as Record<string, string>) };
    const response = await smn.service(new Request(url, { ...init, headers }));
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const publish = (body: unknown, urn = TOPIC, project = PROJECT) =>
    send(`/v2/${project}/notifications/topics/${encodeURIComponent(urn)}/publish`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { ...smn, clock, time, calls, faults, send, publish };
}

const outcome = ({ status, body }: { status: number; body: Record<string, unknown> }) =>
  `${status} ${(body['code'] ?? body['error_code'] ?? 'accepted') as string}`;

describe('publish', () => {
  it('returns ids and keeps the message as it was sent', async () => {
    const { publish, messages, calls, clock } = setUp();
    const attributes = [{ name: 'outcome', type: 'STRING', value: 'partial' }];
    const full = {
      subject: 'done',
      message_structure: '{"default":"d","sms":"s"}',
      message_attributes: attributes,
    };

    const first = await publish(full);
    clock.now += 1_500;
    await publish({ message: 'plain' });

    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      request_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      message_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    });
    expect(messages()).toEqual([
      { ...full, message: null, time: '2026-01-02T03:04:05.000Z' },
      {
        subject: null,
        message: 'plain',
        message_structure: null,
        message_attributes: null,
        time: '2026-01-02T03:04:06.500Z',
      },
    ]);
    expect(calls.counts()['smn']).toEqual({ publish: { ok: 2, refused: 0 } });
  });

  it('accepts a topic URN with unencoded colons', async () => {
    const { send, messages } = setUp();
    const path = `/v2/${PROJECT}/notifications/topics/${TOPIC}/publish`;

    await send(path, { method: 'POST', body: '{"message":"m"}' });

    expect(messages()).toHaveLength(1);
  });

  it.each([
    ['an unknown topic', `${TOPIC}2`, PROJECT, '404 SMN.0006'],
    ['an invalid URN', 'backups', PROJECT, '400 SMN.0005'],
    ['another project', TOPIC, 'project2', '403 APIGW.0302'],
  ])('refuses %s', async (_name, urn, project, expected) => {
    const { publish, calls } = setUp();

    expect(outcome(await publish({ message: 'm' }, urn, project))).toBe(expected);
    expect(calls.counts()['smn']).toEqual({ publish: { ok: 0, refused: 1 } });
  });

  it('returns code and message of an error at the top level', async () => {
    const { publish } = setUp();

    const { body } = await publish({ message: 'm' }, `${TOPIC}2`);

    expect(body).toEqual({
      request_id: expect.any(String) as string,
      code: 'SMN.0006',
      message: 'Topic not found.',
    });
  });

  it('refuses a call without a token', async () => {
    const { send, messages } = setUp();
    const path = `/v2/${PROJECT}/notifications/topics/${TOPIC}/publish`;

    const init = { method: 'POST', body: '{"message":"m"}', headers: { 'x-auth-token': 'bad' } };

    expect(outcome(await send(path, init))).toBe('401 APIGW.0301');
    expect(messages()).toEqual([]);
  });

  it('accepts 3,000 messages a minute and topic, in simulated time', async () => {
    const { publish, clock, time, messages } = setUp();
    time.setSpeed(10);
    for (let i = 0; i < 3_000; i += 1) await publish({ message: 'm' });

    const over = await publish({ message: 'm' });
    const other = await publish({ message: 'm' }, OTHER);
    clock.now += 6_000;
    const later = await publish({ message: 'm' });

    expect([over, other, later].map(outcome)).toEqual(['429 APIGW.0308', '200 accepted', '200 accepted']); // oxfmt-ignore
    expect(messages()).toHaveLength(3_002);
  });

  it('keeps a message whose response is lost', async () => {
    const { publish, faults, messages } = setUp();
    faults.add({ service: 'smn', operation: 'publish', kind: 'drop_answer', times: 1 });

    await expect(publish({ message: 'm' })).rejects.toThrow(/cut/);

    expect(messages()).toHaveLength(1);
  });

  it('never fails with 500, whatever it receives', async () => {
    const { publish } = setUp();
    await fc.assert(
      fc.asyncProperty(fc.json(), async (body) => {
        expect((await publish(body)).status).toBeLessThan(500);
      }),
    );
  });
});

describe('topics and subscriptions', () => {
  const TOPICS = `/v2/${PROJECT}/notifications/topics`;
  const post = (body: object): RequestInit => ({ method: 'POST', body: JSON.stringify(body) });

  it('are listed, shown and created over HTTP', async () => {
    const { send } = setUp();
    expect((await send(TOPICS)).body).toMatchObject({ topic_count: 2 });
    expect((await send(`${TOPICS}/${TOPIC}`)).body).toMatchObject({ topic_urn: TOPIC });
    const statuses = [];
    for (const body of [{ name: 'new' }, { name: 'new' }, { name: 'a.b' }]) {
      statuses.push((await send(TOPICS, post(body))).status);
    }
    const path = `${TOPICS}/${TOPIC}/subscriptions`;
    const mail = { protocol: 'email', endpoint: 'a@example.com' };
    for (const body of [mail, mail, { ...mail, protocol: 'fax' }]) {
      statuses.push((await send(path, post(body))).status);
    }
    expect(statuses).toEqual([201, 200, 400, 201, 200, 400]);
    expect((await send(path)).body).toMatchObject({ subscription_count: 1 });
  });

  it('are 404 for an unknown topic', async () => {
    const { send } = setUp();
    for (const path of ['', '/subscriptions']) {
      expect(outcome(await send(`${TOPICS}/${TOPIC}2${path}`))).toBe('404 SMN.0006');
    }
  });
});
