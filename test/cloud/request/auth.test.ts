import { afterAll, describe, expect, it } from 'vitest';
import { createAuthenticator } from '../../../lib/cloud/request/auth.ts';
import { type Credentials, credentialsFrom } from '../../../lib/cloud/request/credentials.ts';
import { nodeSend } from '../../../lib/cloud/request/send.ts';
import { secret } from '../../../lib/secret.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { type ReceivedRequest, type ServerResponse, startServer } from '../support/server.ts';

const send = nodeSend();
afterAll(() => send.close());

const texts = { token: 'token-1', accessKey: 'AK1', secretKey: 'SK1', securityToken: 'gAAA+/=' };
const all = credentialsFrom(texts);
const keysOnly = { ...all, token: undefined };

async function setUp(
  credentials: Credentials,
  respond: (request: ReceivedRequest) => ServerResponse,
  renew?: () => Promise<Credentials>,
) {
  const server = await startServer(respond);
  const clock = playClock(Date.UTC(2026, 0, 2, 3, 4, 5));
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

const refuse = (): ServerResponse => ({ status: 401, body: '{"error_code":"APIGW.0301"}' });
const isSigned = (seen: ReceivedRequest) => seen.headers.authorization !== undefined;

describe('createAuthenticator', () => {
  it('sends only the token while it is accepted', async () => {
    const { server, go } = await setUp(all, () => ({}));
    const { signed } = await go('/x');
    await server.close();
    expect(signed).toBe(false);
    expect(server.received[0]?.headers['x-auth-token']).toBe('token-1');
    expect(server.received.some(isSigned)).toBe(false);
  });

  it('signs every request after the token was refused', async () => {
    const { server, go } = await setUp(all, (seen) => (isSigned(seen) ? {} : refuse()));
    const first = await go('/x');
    await go('/y');
    await server.close();
    expect(first.response.status).toBe(200);
    expect(server.received.map((seen) => [seen.path, isSigned(seen)])).toEqual([
      ['/x', false],
      ['/x', true],
      ['/y', true],
    ]);
    expect(server.received[1]?.headers).not.toHaveProperty('x-auth-token');
  });

  it('sends nothing more after token and signature were refused', async () => {
    const { server, go } = await setUp(all, refuse);
    const first = await go('/x');
    await expect(go('/y')).rejects.toMatchObject({ code: 'credentials_refused', carriedOut: 'no' });
    await server.close();
    expect(first.response.status).toBe(401);
    expect(server.received).toHaveLength(2);
  });

  it('sends one signature only, however many calls are refused at once', async () => {
    const { server, go } = await setUp(all, refuse);
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => go('/x')));
    await server.close();
    expect(server.received.filter(isSigned)).toHaveLength(1);
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(7);
  });

  it('sends nothing more after the token was refused when there are no keys', async () => {
    const { server, go } = await setUp({ ...all, accessKey: '', secretKey: undefined }, refuse);
    await go('/x');
    await expect(go('/y')).rejects.toMatchObject({ code: 'credentials_refused' });
    await server.close();
    expect(server.received).toHaveLength(1);
  });

  it('throws clock_skew after a signature was refused because of the clock', async () => {
    const { server, go } = await setUp(keysOnly, () => ({
      status: 401,
      headers: { date: 'Fri, 02 Jan 2026 03:30:00 GMT' },
    }));
    await go('/x');
    await expect(go('/y')).rejects.toMatchObject({ code: 'clock_skew' });
    await server.close();
  });

  it('throws credentials_missing, with the agency as the hint, when there are no credentials', async () => {
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
    expect(server.received).toHaveLength(0);
  });

  describe('with renew', () => {
    /** Counts its calls; it returns token-2, then token-3. */
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
      (seen: ReceivedRequest): ServerResponse =>
        tokens.includes(String(seen.headers['x-auth-token'])) ? {} : refuse();
    const tokensOf = (seen: ReceivedRequest[]) =>
      seen.map(({ headers }) => headers['x-auth-token']);

    it('continues with a new token, without signing', async () => {
      const { renewals, renew } = renewing();
      const { server, go } = await setUp(all, takes('token-2'), renew);
      const { response, signed } = await go('/x');
      await go('/y');
      await server.close();
      expect([response.status, signed]).toEqual([200, false]);
      expect(tokensOf(server.received)).toEqual(['token-1', 'token-2', 'token-2']);
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

    it('signs with the new keys when the new token is refused too, and renews no more', async () => {
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
      expect(server.received.map(isSigned)).toEqual([false, false, true, true]);
      expect(server.received[2]?.headers.authorization).toContain('Access=AK2,');
      expect(renewals.count).toBe(1);
    });

    it('renews again after the new token was accepted once', async () => {
      const { renewals, renew } = renewing();
      const good = ['token-2'];
      const { server, go } = await setUp(all, (seen) => takes(...good)(seen), renew);
      await go('/x');
      good[0] = 'token-3';
      expect((await go('/y')).response.status).toBe(200);
      await server.close();
      expect(renewals.count).toBe(2);
    });

    it('signs with the old keys when the renewal fails', async () => {
      const { renewals, renew } = renewing(() => {
        throw new Error('no');
      });
      const { server, go } = await setUp(all, (seen) => (isSigned(seen) ? {} : refuse()), renew);
      const answers = await Promise.all([go('/x'), go('/y')]);
      await server.close();
      expect(answers.every(({ signed }) => signed)).toBe(true);
      expect(renewals.count).toBe(1);
    });

    it('throws the error of the renewal when there are no keys, and renews once', async () => {
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
