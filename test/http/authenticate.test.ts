import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { NIGHTLY } from '../../testing/night.ts';
import { api } from './support/api.ts';
import { idOf, ready, startNightly } from './support/runs.ts';
import { EXPIRED, READER, TOKEN, WEBHOOK_KEYS } from '../../testing/keys.ts';

const EVERY_ROUTE = [
  ['POST', '/v1/runs'],
  ['GET', '/v1/runs'],
  ['GET', '/v1/runs/nightly-1'],
  ['POST', '/v1/runs/nightly-1/cancel'],
  ['POST', '/v1/plan'],
  ['GET', '/v1/policies'],
  ['GET', '/v1/openapi.json'],
  ['GET', '/nowhere'],
] as const;

describe('authentication', () => {
  it('authorizes nobody by default', async () => {
    const { call } = await api({ callers: { tokens: [], webhooks: [] } });
    for (const [method, path] of EVERY_ROUTE) {
      for (const token of ['', TOKEN]) {
        const answer = await call(method, path, { token });
        expect([path, answer.status]).toEqual([path, 401]);
        expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
      }
    }
  });

  it.each([
    ['nobody', { token: '' }, 'unauthenticated'],
    ['an unknown token', { token: `${TOKEN}x` }, 'token_unknown'],
    ['an expired token', { token: EXPIRED }, 'token_expired'],
    [
      'another scheme',
      { token: '', headers: { authorization: `Basic ${TOKEN}` } },
      'token_unknown',
    ],
    ['half a webhook', { token: '', headers: { 'webhook-id': 'a' } }, 'signature_incomplete'],
  ])('refuses %s', async (_who, options, code) => {
    const { call } = await api();
    const { status, body } = await call('GET', '/v1/runs', options);
    expect([status, body.code]).toEqual([401, code]);
  });

  it.each([
    ['POST', '/v1/runs', 403],
    ['POST', '/v1/runs/nightly-1/cancel', 403],
    ['POST', '/v1/plan', 400],
    ['GET', '/v1/runs', 200],
    ['GET', '/v1/runs/nightly-1', 404],
    ['GET', '/v1/policies', 200],
    ['GET', '/v1/openapi.json', 200],
  ])('checks the scope of a token: %s %s', async (method, path, expected) => {
    const { call } = await api();
    expect((await call(method, path, { token: READER })).status).toBe(expected);
  });
});

describe('a webhook', () => {
  const [key = '', restricted = '', foreign = ''] = WEBHOOK_KEYS;

  /** As the reference implementation signs. */
  function signed(secret: string, at: number, body: string, id = 'msg_1') {
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, new Date(at), body),
    };
    return { token: '', headers, body };
  }
  const body = JSON.stringify({ policy: 'nightly' });

  it('starts one run, however often it is delivered', async () => {
    const { call, clock, putPolicy, kicks, lines } = await api();
    await putPolicy(NIGHTLY);
    const first = await call('POST', '/v1/runs', signed(key, clock.now(), body));
    clock.move(60_000);
    const again = await call('POST', '/v1/runs', signed(key, clock.now(), body));
    const other = await call('POST', '/v1/runs', signed(key, clock.now(), body, 'msg_2'));
    expect(first.status).toBe(202);
    expect(again).toEqual(first);
    expect(other.body.run_id).not.toBe(first.body.run_id);
    expect(kicks).toHaveLength(2);
    expect(lines.at(-1)).toMatchObject({ caller: 'webhook', kind: 'webhook' });
  });

  it('has idempotency keys of its own, as every caller has', async () => {
    const made = await ready();
    const start = async () => [
      await startNightly(made, 'k1'),
      await made.call('POST', '/v1/runs', signed(key, made.clock.now(), body, 'k1')),
      await made.call('POST', '/v1/runs', signed(restricted, made.clock.now(), body, 'k1')),
    ];
    const first = await start();
    expect(first.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(new Set(first.map(idOf)).size).toBe(3);
    expect((await start()).map(idOf)).toEqual(first.map(idOf));
    const other = await startNightly(made, 'k1', { phones: ['a'] });
    expect([other.status, other.body.code]).toEqual([409, 'conflict']);
  });

  it('may carry several signatures, in one header or in several', async () => {
    const { call, clock, putPolicy } = await api();
    await putPolicy(NIGHTLY);
    const now = clock.now();
    const { headers, ...rest } = signed(key, now, body);
    const { 'webhook-signature': own, ...others } = headers;
    const old = signed(foreign, now, body).headers['webhook-signature'];
    for (const twice of [`${old} ${own}`, `${old}, ${own}`, [old, own], [own, old]]) {
      const sent = { ...rest, headers: { ...others, 'Webhook-Signature': twice } };
      expect((await call('POST', '/v1/runs', sent)).status).toBe(202);
    }
  });

  it.each(['Basic dXNlcjpwYXNz', 'Bearer somebody-elses', 'Bearer'])(
    'is judged by its signature when it also carries Authorization: %s',
    async (authorization) => {
      const { call, clock, putPolicy } = await api();
      await putPolicy(NIGHTLY);
      const sent = async (secret: string) => {
        const one = signed(secret, clock.now(), body);
        return call('POST', '/v1/runs', { ...one, headers: { ...one.headers, authorization } });
      };
      expect((await sent(key)).status).toBe(202);
      expect((await sent(foreign)).body.code).toBe('signature_wrong');
    },
  );

  it('does not hide that a known token has expired', async () => {
    const { call, clock } = await api();
    const { headers } = signed(key, clock.now(), body);
    const sent = await call('POST', '/v1/runs', { token: EXPIRED, headers, body });
    expect(sent.body.code).toBe('token_expired');
  });

  it('may wrap the body in the envelope of Standard Webhooks', async () => {
    const { call, clock, putPolicy } = await api({ phones: 2, servers: 1 });
    await putPolicy(NIGHTLY);
    const send = async (envelope: unknown, id: string) =>
      call('POST', '/v1/runs', signed(key, clock.now(), JSON.stringify(envelope), id));
    const wrapped = {
      type: 'backup.wanted',
      timestamp: '2026-01-02T02:30:00Z',
      data: { policy: 'nightly' },
    };
    const accepted = await send(wrapped, 'msg_1');
    expect([accepted.status, accepted.body.policy]).toEqual([202, 'nightly']);
    // The run is what counts, not how it is wrapped.
    expect((await send(wrapped.data, 'msg_1')).body).toEqual(accepted.body);
    const wrong = await send({ ...wrapped, data: { policy: 'nightly', phones: ['a/b'] } }, 'msg_2');
    expect(wrong.body.errors).toMatchObject([{ path: 'data.phones.0' }]);
  });

  it('is refused when it is stale, forged or for another policy', async () => {
    const { call, clock, putPolicy } = await api();
    await putPolicy(NIGHTLY);
    await putPolicy(NIGHTLY.replace('nightly', 'weekly'), 'weekly');
    const weekly = JSON.stringify({ policy: 'weekly' });
    const now = clock.now();
    const refused = [
      signed(key, now - 301_000, body),
      signed(foreign, now, body),
      { ...signed(key, now, body), body: weekly },
      signed(restricted, now, weekly),
    ];
    const responses = [];
    for (const one of refused) {
      const { status, body: problem } = await call('POST', '/v1/runs', one);
      responses.push([status, problem.code]);
    }
    expect(responses).toEqual([
      [401, 'signature_stale'],
      [401, 'signature_wrong'],
      [401, 'signature_wrong'],
      [403, 'forbidden'],
    ]);
    expect((await call('POST', '/v1/runs', signed(restricted, now, body))).status).toBe(202);
  });

  it.each([
    ['of 300 KB that is signed', 300 * 1024, 413, 'body_too_large'],
    ['of 7 MB, which cannot be checked', 7 * 1024 * 1024, 401, 'signature_wrong'],
  ])('is refused with a body %s', async (_, size, status, code) => {
    const { call, clock } = await api();
    const answer = await call('POST', '/v1/runs', signed(key, clock.now(), 'x'.repeat(size)));
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('is refused on every other route', async () => {
    const { call, clock } = await api();
    for (const [method, path] of EVERY_ROUTE.slice(1, -1)) {
      const { status } = await call(method, path, signed(key, clock.now(), ''));
      // A GET comes without a body, which is what was signed.
      expect([path, status]).toEqual([path, 403]);
    }
  });
});
