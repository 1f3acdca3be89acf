import { describe, expect, it } from 'vitest';
import { PROJECT } from '../../support/cph.ts';
import { iamFixture as fixture, PROJECT_SCOPE } from '../../support/iam.ts';

describe('POST /v3/auth/tokens', () => {
  it('returns a token of 24 hours in the header, for a project by name or id', async () => {
    const { logIn } = fixture();
    for (const project of [{ name: 'cn-north-4' }, { id: PROJECT }]) {
      const response = await logIn({ project, domain: { name: 'other' } });
      expect(response.status).toBe(201);
      expect(response.token).toMatch(/^MII/);
      expect(response.token.length).toBeGreaterThan(3_000);
      expect(JSON.stringify(response.body)).not.toContain(response.token);
      expect(response.body.token).toMatchObject({
        methods: ['password'],
        issued_at: '2026-01-02T02:30:00.000000Z',
        expires_at: '2026-01-03T02:30:00.000000Z',
        user: { name: 'robot', domain: { name: 'demo' } },
        project: { id: PROJECT, name: 'cn-north-4', domain: { id: 'd0' } },
      });
      expect(response.body.token.domain).toBeUndefined();
    }
  });

  it('omits the catalog with any nocatalog', async () => {
    const { logIn } = fixture();
    expect((await logIn()).body.token.catalog?.length).toBeGreaterThan(0);
    expect((await logIn(PROJECT_SCOPE, {}, '?nocatalog=1')).body.token.catalog).toBeUndefined();
    expect((await logIn(PROJECT_SCOPE, {}, '?nocatalog=')).body.token.catalog).toBeDefined();
  });

  it('supports domain scope and no scope', async () => {
    const { logIn } = fixture();
    expect((await logIn({ domain: { name: 'demo' } })).body.token.domain).toEqual({
      id: 'd0',
      name: 'demo',
    });
    const { token } = (await logIn(null)).body;
    expect([token.domain, token.project]).toEqual([undefined, undefined]);
  });

  it.each([
    ['a wrong password', PROJECT_SCOPE, { password: 'wrong' }, 401],
    ['an unknown user', PROJECT_SCOPE, { name: 'nobody' }, 401],
    ['another account', PROJECT_SCOPE, { domain: { name: 'other' } }, 401],
    ['a user name without an account', PROJECT_SCOPE, { domain: undefined }, 401],
    ['an unknown project', { project: { name: 'cn-south-1' } }, {}, 401],
    ['a project of neither id nor name', { project: {} }, {}, 401],
    ['no password', PROJECT_SCOPE, { password: undefined }, 400],
  ])('refuses %s', async (_, scope, user, status) => {
    const { logIn } = fixture();
    const response = await logIn(scope, user);
    expect(response.status).toBe(status);
    expect(response.body.error).toMatchObject({ code: status });
    expect(response.token).toBe('');
  });

  it.each([
    ['robot-mfa', 401, /MFA/],
    ['robot-console', 403, /console/],
  ])('gives no token to the restricted user %s', async (name, status, why) => {
    const { logIn } = fixture();
    const response = await logIn(PROJECT_SCOPE, { name });
    expect([response.status, response.token]).toEqual([status, '']);
    expect(JSON.stringify(response.body)).toMatch(why);
  });

  it('says that a locked user is locked', async () => {
    const { logIn } = fixture();
    for (let i = 0; i < 5; i += 1) await logIn(PROJECT_SCOPE, { password: 'wrong' });
    const locked = await logIn();
    expect([locked.status, locked.body.error.message]).toEqual([401, 'The account is locked.']);
  });

  it('checks the account of a project that is given by name', async () => {
    const { logIn } = fixture();
    const project = (name: string) => ({ project: { name: 'cn-north-4', domain: { name } } });
    expect((await logIn(project('demo'))).status).toBe(201);
    expect((await logIn(project('other'))).status).toBe(401);
  });

  it('returns an agency token to a caller with a token', async () => {
    const { send, logIn } = fixture();
    const assume = (agency_name: string) => ({
      auth: {
        identity: { methods: ['assume_role'], assume_role: { domain_name: 'demo', agency_name } },
        scope: PROJECT_SCOPE,
      },
    });
    const { token } = await logIn();
    const headers = { 'x-auth-token': token };
    const made = await send('POST', '/v3/auth/tokens', headers, assume('phonevault'));
    expect(made.body.token).toMatchObject({
      methods: ['assume_role'],
      user: { name: 'phonevault' },
    });
    const statuses = [
      (await send('POST', '/v3/auth/tokens', headers, assume('other'))).status,
      (await send('POST', '/v3/auth/tokens', {}, assume('phonevault'))).status,
    ];
    expect(statuses).toEqual([404, 401]);
  });
});
