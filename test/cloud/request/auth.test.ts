import { createHash, createHmac } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { createAuthenticator } from '../../../lib/cloud/request/auth.ts';
import { type Credentials, credentialsFrom } from '../../../lib/cloud/request/credentials.ts';
import { nodeSend } from '../../../lib/cloud/request/send.ts';
import { secret } from '../../../lib/secret.ts';
import { playClock } from './play-clock.ts';
import { type Answer, type Seen, startServer } from './server.ts';

const send = nodeSend();
afterAll(() => send.close());

const texts = { token: 'token-1', accessKey: 'AK1', secretKey: 'SK1', securityToken: 'gAAA+/=' };
const all = credentialsFrom(texts);
const keysOnly = { ...all, token: undefined };

const escape = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);

/** The signature as the API signing guide (devg-apisign) reads, from what came over the wire. */
function expectedSignature(seen: Seen, secretKey: string): string {
  const [path = '', query = ''] = seen.path.split('?');
  const names = /SignedHeaders=([^,]+)/.exec(seen.headers.authorization ?? '')?.[1] ?? '';
  const uri = path
    .split('/')
    .map((part) => escape(decodeURIComponent(part)))
    .join('/');
  const pairs = [...new URLSearchParams(query)].map(([k, v]) => `${escape(k)}=${escape(v)}`);
  const canonical = [
    seen.method,
    uri.endsWith('/') ? uri : `${uri}/`,
    pairs.sort().join('&'),
    ...names.split(';').map((name) => `${name}:${String(seen.headers[name])}`),
    '',
    names,
    createHash('sha256').update(seen.body).digest('hex'),
  ].join('\n');
  const toSign = [
    'SDK-HMAC-SHA256',
    String(seen.headers['x-sdk-date']),
    createHash('sha256').update(canonical).digest('hex'),
  ].join('\n');
  return createHmac('sha256', secretKey).update(toSign).digest('hex');
}

async function setUp(
  credentials: Credentials,
  answer: (seen: Seen) => Answer,
  renew?: () => Promise<Credentials>,
) {
  const server = await startServer(answer);
  const { clock } = playClock();
  const authenticate = createAuthenticator({ credentials, projectId: 'p1', clock, renew });
  const go = (path: string, body?: string) =>
    authenticate(
      {
        method: body === undefined ? 'GET' : 'POST',
        url: `${server.url}${path}`,
        headers: { 'content-type': 'application/json' },
        timeoutMs: 5_000,
        ...(body === undefined ? {} : { body }),
      },
      send,
    );
  return { server, go };
}

const refuse = (): Answer => ({ status: 401, body: '{"error_code":"APIGW.0301"}' });
const isSigned = (seen: Seen) => seen.headers.authorization !== undefined;

describe('createAuthenticator', () => {
  it.each([
    ['a path', '/v1/p1/cloud-phone/phones', undefined],
    ['a query', '/v1/p1/jobs?request_ids=b%2Ca&offset=0&limit=100', undefined],
    ['a topic URN', '/v2/p1/notifications/topics/urn:smn:r:p1:backup/publish', '{"a":1}'],
    ['a body beyond ASCII', '/v1/p1/x', JSON.stringify({ b: 'später', 10: 'x', 2: { n: [1.5] } })],
    ['an empty object', '/v1/p1/x', '{}'],
  ])('signs %s as the guide says', async (_what, path, body) => {
    const { server, go } = await setUp(keysOnly, () => ({}));
    const { signed } = await go(path, body);
    await server.close();
    const seen = server.seen[0] as Seen;
    expect(signed).toBe(true);
    expect(seen.headers['x-sdk-date']).toBe('20260102T030405Z');
    expect(seen.headers['x-project-id']).toBe('p1');
    expect(seen.headers['x-security-token']).toBe(texts.securityToken);
    expect(seen.headers.authorization).toBe(
      'SDK-HMAC-SHA256 Access=AK1, SignedHeaders=content-type;host;x-project-id;' +
        `x-sdk-date;x-security-token, Signature=${expectedSignature(seen, 'SK1')}`,
    );
  });

  it('leaves X-Security-Token out for permanent keys', async () => {
    const { server, go } = await setUp({ ...keysOnly, securityToken: undefined }, () => ({}));
    await go('/x');
    await server.close();
    expect(server.seen[0]?.headers).not.toHaveProperty('x-security-token');
  });

  it('sends the token first and only the token', async () => {
    const { server, go } = await setUp(all, () => ({}));
    const { signed } = await go('/x');
    await server.close();
    expect(signed).toBe(false);
    expect(server.seen[0]?.headers['x-auth-token']).toBe('token-1');
    expect(server.seen.some(isSigned)).toBe(false);
  });

  it('signs once the token is refused, and stays with it', async () => {
    const { server, go } = await setUp(all, (seen) => (isSigned(seen) ? {} : refuse()));
    const first = await go('/x');
    await go('/y');
    await server.close();
    expect(first.response.status).toBe(200);
    expect(server.seen.map((seen) => [seen.path, isSigned(seen)])).toEqual([
      ['/x', false],
      ['/x', true],
      ['/y', true],
    ]);
    expect(server.seen[1]?.headers).not.toHaveProperty('x-auth-token');
  });

  it('sends nothing more when both are refused', async () => {
    const { server, go } = await setUp(all, refuse);
    const first = await go('/x');
    await expect(go('/y')).rejects.toMatchObject({ code: 'credentials_refused', carriedOut: 'no' });
    await server.close();
    expect(first.response.status).toBe(401);
    expect(server.seen).toHaveLength(2);
  });

  it('tries one signature only, however many calls are refused at once', async () => {
    const { server, go } = await setUp(all, refuse);
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => go('/x')));
    await server.close();
    expect(server.seen.filter(isSigned)).toHaveLength(1);
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(7);
  });

  it('sends nothing more when a token is all there is and it is refused', async () => {
    const { server, go } = await setUp({ ...all, accessKey: '', secretKey: undefined }, refuse);
    await go('/x');
    await expect(go('/y')).rejects.toMatchObject({ code: 'credentials_refused' });
    await server.close();
    expect(server.seen).toHaveLength(1);
  });

  it('remembers that it was the clock', async () => {
    const { server, go } = await setUp(keysOnly, () => ({
      status: 401,
      headers: { date: 'Fri, 02 Jan 2026 03:30:00 GMT' },
    }));
    await go('/x');
    await expect(go('/y')).rejects.toMatchObject({ code: 'clock_skew' });
    await server.close();
  });

  it('asks for an agency when there is nothing at all', async () => {
    const nothing = credentialsFrom({
      token: '',
      accessKey: '',
      secretKey: '',
      securityToken: '',
    });
    const { server, go } = await setUp(nothing, () => ({}));
    await expect(go('/x')).rejects.toMatchObject({
      code: 'credentials_missing',
      hint: expect.stringContaining('agency') as string,
    });
    await server.close();
    expect(server.seen).toHaveLength(0);
  });

  describe('with renew', () => {
    /** Counts its calls; token-2 first, then token-3. */
    const renewing = (
      give = (n: number): Credentials => ({
        ...all,
        token: secret(`token-${n + 1}`),
      }),
    ) => {
      const renewals = { count: 0 };
      const renew = async () => give((renewals.count += 1));
      return { renewals, renew };
    };
    const takes =
      (...tokens: string[]) =>
      (seen: Seen): Answer =>
        tokens.includes(String(seen.headers['x-auth-token'])) ? {} : refuse();
    const tokensOf = (seen: Seen[]) => seen.map(({ headers }) => headers['x-auth-token']);

    it('goes on with a new token, without signing', async () => {
      const { renewals, renew } = renewing();
      const { server, go } = await setUp(all, takes('token-2'), renew);
      const { response, signed } = await go('/x');
      await go('/y');
      await server.close();
      expect([response.status, signed]).toEqual([200, false]);
      expect(tokensOf(server.seen)).toEqual(['token-1', 'token-2', 'token-2']);
      expect(renewals.count).toBe(1);
    });

    it('renews once for all requests under way', async () => {
      const { renewals, renew } = renewing();
      const { server, go } = await setUp(all, takes('token-2'), renew);
      const answers = await Promise.all(Array.from({ length: 8 }, () => go('/x')));
      await server.close();
      expect(answers.every(({ response }) => response.status === 200)).toBe(true);
      expect(renewals.count).toBe(1);
    });

    it('signs with the new keys when the new token is refused, too, and renews no more', async () => {
      const { renewals, renew } = renewing(() => ({
        ...all,
        token: secret('token-2'),
        accessKey: 'AK2',
      }));
      const { server, go } = await setUp(all, (seen) => (isSigned(seen) ? {} : refuse()), renew);
      const { signed } = await go('/x');
      await go('/y');
      await server.close();
      expect(signed).toBe(true);
      expect(server.seen.map(isSigned)).toEqual([false, false, true, true]);
      expect(server.seen[2]?.headers.authorization).toContain('Access=AK2,');
      expect(renewals.count).toBe(1);
    });

    it('renews again once the new token was good for something', async () => {
      const { renewals, renew } = renewing();
      const good = ['token-2'];
      const { server, go } = await setUp(all, (seen) => takes(...good)(seen), renew);
      await go('/x');
      good[0] = 'token-3';
      expect((await go('/y')).response.status).toBe(200);
      await server.close();
      expect(renewals.count).toBe(2);
    });

    it('signs with the old keys when there is no new token', async () => {
      const { renewals, renew } = renewing(() => {
        throw new Error('no');
      });
      const { server, go } = await setUp(all, (seen) => (isSigned(seen) ? {} : refuse()), renew);
      const answers = await Promise.all([go('/x'), go('/y')]);
      await server.close();
      expect(answers.every(({ signed }) => signed)).toBe(true);
      expect(renewals.count).toBe(1);
    });

    it('passes on why there is no new token when there are no keys either, and asks once', async () => {
      const { renewals, renew } = renewing(() => {
        throw new Error('the password has expired');
      });
      const { server, go } = await setUp({ ...all, accessKey: '' }, refuse, renew);
      await expect(go('/x')).rejects.toThrow('the password has expired');
      await go('/y').catch(() => undefined);
      await server.close();
      expect(renewals.count).toBe(1);
    });
  });
});
