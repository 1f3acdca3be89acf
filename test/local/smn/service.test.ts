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
    const answer = await smn.service(new Request(url, { ...init, headers }));
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
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
const structure = (parts: Record<string, unknown>) => ({
  message_structure: JSON.stringify({ default: 'd', ...parts }),
});

describe('publish', () => {
  it('answers with ids and keeps the message as it came', async () => {
    const { publish, messages, calls, clock } = setUp();
    const attributes = [{ name: 'outcome', type: 'STRING', value: 'partial' }];
    const full = { subject: 'done', ...structure({ sms: 's' }), message_attributes: attributes };

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

  it('takes the topic URN with raw colons too', async () => {
    const { send, messages } = setUp();
    const path = `/v2/${PROJECT}/notifications/topics/${TOPIC}/publish`;

    await send(path, { method: 'POST', body: '{"message":"m"}' });

    expect(messages()).toHaveLength(1);
  });

  it('prefers the structure, then the template, then the text', async () => {
    const { publish, messages } = setUp();

    await publish({ message: 'm', message_template_name: 't', ...structure({}) });
    const template = await publish({ message: 'm', message_template_name: 't' });

    expect(messages()).toMatchObject([{ message: null, message_structure: '{"default":"d"}' }]);
    expect(outcome(template)).toBe('404 SMN.0027');
  });

  const KB256 = 256 * 1024;
  it.each<[string, unknown, string]>([
    ['no JSON', '{', '400 SMN.0024'],
    ['a list', [], '400 SMN.0024'],
    ['no text', {}, '400 SMN.0024'],
    ['an empty text', { message: '' }, '400 SMN.0024'],
    ['a text of another type', { message: 5 }, '400 SMN.0024'],
    ['256 KB', { message: 'm'.repeat(KB256) }, '200 accepted'],
    ['more than 256 KB', { message: 'm'.repeat(KB256 + 1) }, '403 SMN.0047'],
    ['more than 256 KB in bytes only', { message: 'é'.repeat(KB256 / 2 + 1) }, '403 SMN.0047'],
    ['a structure above 256 KB', structure({ email: 'm'.repeat(KB256) }), '403 SMN.0047'],
    ['a subject of 512 bytes', { subject: 'é'.repeat(256), message: 'm' }, '200 accepted'],
    ['a longer subject', { subject: 'é'.repeat(256) + '.', message: 'm' }, '403 SMN.0047'],
    ['a structure that is no text', { message_structure: { default: 'd' } }, '400 SMN.0024'],
    ['a structure that is no JSON', { message_structure: 'default' }, '400 SMN.0021'],
    ['a structure without default', { message_structure: '{"email":"e"}' }, '400 SMN.0021'],
    ['a list for a structure', { message_structure: '["default"]' }, '400 SMN.0021'],
    ['a nested structure', structure({ http: { a: 1 } }), '400 SMN.0021'],
    ['an unknown protocol', structure({ pigeon: 'p' }), '400 SMN.0021'],
    ['all protocols of the product', structure({ email: 'e', sms: 's', http: 'h', https: 'h', functiongraph: 'f' }), '200 accepted'], // prettier-ignore
    ['an SMS of 490 characters', structure({ sms: '短'.repeat(490) }), '200 accepted'],
    ['a longer SMS', structure({ sms: 's'.repeat(491) }), '400 SMN.0021'],
    ['an SMS with brackets', structure({ sms: '[nightly]' }), '400 SMN.0021'],
    ['an SMS with wide brackets', structure({ sms: '【nightly' }), '400 SMN.0021'],
    ['a template name that is none', { message_template_name: '-' }, '400 SMN.0032'],
    ['a life of a week', { message: 'm', time_to_live: '604800' }, '200 accepted'],
    ['a longer life', { message: 'm', time_to_live: '604801' }, '400 SMN.0024'],
    ['no life', { message: 'm', time_to_live: '0' }, '400 SMN.0024'],
    ['a life that is a number', { message: 'm', time_to_live: 3600 }, '400 SMN.0024'],
  ])('%s', async (_name, body, expected) => {
    const { publish, messages } = setUp();

    const answer = await publish(body);

    expect(outcome(answer)).toBe(expected);
    expect(messages()).toHaveLength(answer.status === 200 ? 1 : 0);
  });

  const text = (value: unknown, name: unknown = 'a') => [{ name, type: 'STRING', value }];
  const list = (value: unknown, type = 'STRING_ARRAY') => [{ name: 'a', type, value }];
  it.each<[string, unknown[], boolean]>([
    ['none', [], true],
    ['letters, digits, Chinese', text('Ab_9中文'), true],
    ['32 characters', text('v'.repeat(32)), true],
    ['33 characters', text('v'.repeat(33)), false],
    ['an empty value', text(''), false],
    ['a dash', text('a-b'), false],
    ['a dot', text('a.b'), false],
    ['a colon', text('a:b'), false],
    ['a space', text('a b'), false],
    ['a number', text(1), false],
    ['an accent', text('é'), false],
    ['a name of 32', text('v', 'n'.repeat(32)), true],
    ['a name of 33', text('v', 'n'.repeat(33)), false],
    ['a name with a capital', text('v', 'Name'), false],
    ['a name with _ inside', text('v', 'a_b_2'), true],
    ['a name with _ at the start', text('v', '_a'), false],
    ['a name with _ at the end', text('v', 'a_'), false],
    ['a name with __', text('v', 'a__b'), false],
    ['no name', text('v', null), false],
    ['the same name twice', [...text('v'), ...text('w')], false],
    ['two names', [...text('v'), ...text('w', 'b')], true],
    ['a list of ten', list([...'abcdefghij']), true],
    ['a list of eleven', list([...'abcdefghijk']), false],
    ['an empty list', list([]), false],
    ['a list with a repeat', list(['a', 'a']), false],
    ['a text for a list', list('a'), false],
    ['protocols', list(['email', 'https'], 'PROTOCOL'), true],
    ['an unknown protocol', list(['pigeon'], 'PROTOCOL'), false],
    ['an unknown type', list(['a'], 'NUMBER'), false],
    ['no object', ['a'], false],
  ])('with attributes: %s', async (_name, message_attributes, isFine) => {
    const { publish, messages } = setUp();

    const answer = await publish({ message: 'm', message_attributes });

    expect(outcome(answer)).toBe(isFine ? '200 accepted' : '400 SMN.0024');
    if (isFine) expect(messages()).toMatchObject([{ message_attributes }]);
  });

  it.each([
    ['an unknown topic', `${TOPIC}2`, PROJECT, '404 SMN.0006'],
    ['what is no URN', 'backups', PROJECT, '400 SMN.0005'],
    ['another project', TOPIC, 'project2', '403 APIGW.0302'],
  ])('to %s', async (_name, urn, project, expected) => {
    const { publish, calls } = setUp();

    expect(outcome(await publish({ message: 'm' }, urn, project))).toBe(expected);
    expect(calls.counts()['smn']).toEqual({ publish: { ok: 0, refused: 1 } });
  });

  it('words a refusal with code and message at the top', async () => {
    const { publish } = setUp();

    const { body } = await publish({ message: 'm' }, `${TOPIC}2`);

    expect(body).toEqual({
      request_id: expect.any(String) as string,
      code: 'SMN.0006',
      message: 'Topic not found.',
    });
  });

  it('is refused by the gateway without a token', async () => {
    const { send, messages } = setUp();
    const path = `/v2/${PROJECT}/notifications/topics/${TOPIC}/publish`;

    const init = { method: 'POST', body: '{"message":"m"}', headers: { 'x-auth-token': 'bad' } };

    expect(outcome(await send(path, init))).toBe('401 APIGW.0301');
    expect(messages()).toEqual([]);
  });

  it('takes 3,000 a minute for each topic, in model time', async () => {
    const { publish, clock, time, messages } = setUp();
    time.setSpeed(10);
    for (let i = 0; i < 3_000; i += 1) await publish({ message: 'm' });

    const over = await publish({ message: 'm' });
    const other = await publish({ message: 'm' }, OTHER);
    clock.now += 6_000;
    const later = await publish({ message: 'm' });

    expect([over, other, later].map(outcome)).toEqual(['429 APIGW.0308', '200 accepted', '200 accepted']); // prettier-ignore
    expect(messages()).toHaveLength(3_002);
  });

  it('keeps a message whose answer is lost', async () => {
    const { publish, faults, messages } = setUp();
    faults.add({ service: 'smn', operation: 'publish', kind: 'drop_answer', times: 1 });

    await expect(publish({ message: 'm' })).rejects.toThrow(/cut/);

    expect(messages()).toHaveLength(1);
  });

  it('never fails over what it is sent', async () => {
    const { publish } = setUp();
    await fc.assert(
      fc.asyncProperty(fc.json(), async (body) => {
        expect((await publish(body)).status).toBeLessThan(500);
      }),
    );
  });
});

describe('topics', () => {
  const TOPICS = `/v2/${PROJECT}/notifications/topics`;

  it('are listed by page', async () => {
    const { send } = setUp();

    const { body } = await send(`${TOPICS}?offset=1&limit=1`);

    expect(body).toMatchObject({ topic_count: 2, topics: [{ topic_urn: OTHER, name: 'other' }] });
    expect(outcome(await send(`${TOPICS}?limit=0`))).toBe('400 SMN.0015');
    expect(outcome(await send(`${TOPICS}?limit=101`))).toBe('400 SMN.0015');
    expect(outcome(await send(`${TOPICS}?offset=x`))).toBe('400 SMN.0015');
  });

  it('are shown one by one', async () => {
    const { send } = setUp();

    expect((await send(`${TOPICS}/${TOPIC}`)).body).toMatchObject({ topic_urn: TOPIC });
    expect(outcome(await send(`${TOPICS}/${TOPIC}2`))).toBe('404 SMN.0006');
  });
});

describe('creating a topic', () => {
  const create = (send: ReturnType<typeof setUp>['send'], body: unknown) =>
    send(`/v2/${PROJECT}/notifications/topics`, { method: 'POST', body: JSON.stringify(body) });

  it('answers its URN, and that of one that is there already', async () => {
    const { send } = setUp();
    const made = await create(send, { name: 'new', display_name: '' });
    expect(made).toMatchObject({
      status: 201,
      body: { topic_urn: `urn:smn:cn-north-4:${PROJECT}:new` },
    });
    expect((await create(send, { name: 'new' })).status).toBe(200);
    expect((await send(`/v2/${PROJECT}/notifications/topics`)).body.topic_count).toBe(3);
  });

  it('refuses a name with a dot', async () => {
    const { send } = setUp();
    expect((await create(send, { name: 'a.b' })).body.code).toBe('SMN.0024');
  });
});

describe('subscriptions', () => {
  const path = `/v2/${PROJECT}/notifications/topics/${TOPIC}/subscriptions`;
  const subscribe = (send: ReturnType<typeof setUp>['send'], body: unknown) =>
    send(path, { method: 'POST', body: JSON.stringify(body) });

  it('are listed with who has confirmed', async () => {
    const { send } = setUp();
    const mail = await subscribe(send, { protocol: 'email', endpoint: 'a@example.com' });
    await subscribe(send, {
      protocol: 'functionstage',
      endpoint: 'urn:fss:r:p:function:default:f',
    });

    const { body } = await send(`${path}?offset=0&limit=100`);

    expect(mail.status).toBe(201);
    expect(body).toMatchObject({
      subscription_count: 2,
      subscriptions: [
        { protocol: 'email', status: 0, subscription_urn: mail.body['subscription_urn'] },
        { protocol: 'functionstage', status: 2, topic_urn: TOPIC },
      ],
    });
    expect((await send(`${path}?offset=1&limit=1`)).body['subscriptions']).toHaveLength(1);
  });

  it('are of one topic, and made once', async () => {
    const { send } = setUp();
    await subscribe(send, { protocol: 'sms', endpoint: '+8613600000000' });
    const again = await subscribe(send, { protocol: 'sms', endpoint: '+8613600000000' });
    const other = await send(path.replace(TOPIC, OTHER));
    expect(again.status).toBe(200);
    expect(other.body).toMatchObject({ subscription_count: 0, subscriptions: [] });
  });

  it('are refused for an unknown protocol and a topic that is not there', async () => {
    const { send } = setUp();
    expect(outcome(await subscribe(send, { protocol: 'fax', endpoint: '1' }))).toBe('400 SMN.0024');
    expect(outcome(await send(path.replace(TOPIC, `${TOPIC}2`)))).toBe('404 SMN.0006');
  });
});
