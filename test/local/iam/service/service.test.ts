import { describe, expect, it } from 'vitest';
import { createCalls } from '../../../../local/api/calls.ts';
import { createFaultRegistry } from '../../../../local/faults/fault-registry.ts';
import { createIam } from '../../../../local/iam/service/service.ts';
import { createRandom } from '../../../../local/simulation/random.ts';
import { createTime } from '../../../../local/simulation/time.ts';
import { ACCOUNT, PROJECT } from '../../support/cph.ts';
import { manualClock, START } from '../../support/clock.ts';
import { signSdk } from '../../support/sign-sdk.ts';

const MINUTE = 60_000;
const HOST = 'iam.cn-north-4.myhuaweicloud.com';
const PROJECT_SCOPE = { project: { name: 'cn-north-4' } };

type Body = {
  token: { project?: { id: string }; domain?: object; catalog?: unknown[] };
  error: { code: number; message: string };
  credential: { access: string; secret: string; securitytoken: string; expires_at: string };
  projects: object[];
  domains: object[];
};

function fixture() {
  const clock = manualClock();
  const time = createTime(clock);
  const faults = createFaultRegistry({ random: createRandom(1, 'faults'), time });
  const calls = createCalls();
  const iam = createIam({ account: ACCOUNT, region: 'cn-north-4', seed: 1, time, calls, faults });
  const send = async (
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: unknown,
  ) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const init = { method, headers, ...(text === undefined ? {} : { body: text }) };
    const response = await iam.service(new Request(`https://${HOST}${path}`, init));
    const answer = await response.text();
    return {
      status: response.status,
      token: response.headers.get('x-subject-token') ?? '',
      body: JSON.parse(answer || '{}') as Body,
    };
  };
  const logIn = (scope: unknown = PROJECT_SCOPE, user: object = {}, query = '') =>
    send(
      'POST',
      `/v3/auth/tokens${query}`,
      {},
      {
        auth: {
          identity: {
            methods: ['password'],
            password: {
              user: {
                name: 'robot',
                password: 'right-password',
                domain: { name: 'demo' },
                ...user,
              },
            },
          },
          ...(scope === null ? {} : { scope }),
        },
      },
    );
  return { clock, iam, send, logIn, calls };
}

describe('POST /v3/auth/tokens', () => {
  it('gives a token of 24 hours in the header, for a project by name or id', async () => {
    const { logIn } = fixture();
    for (const project of [{ name: 'cn-north-4' }, { id: PROJECT }]) {
      const answer = await logIn({ project, domain: { name: 'other' } });
      expect(answer.status).toBe(201);
      expect(answer.token).toMatch(/^MII/);
      expect(answer.token.length).toBeGreaterThan(3_000);
      expect(JSON.stringify(answer.body)).not.toContain(answer.token);
      expect(answer.body.token).toMatchObject({
        methods: ['password'],
        issued_at: '2026-01-02T02:30:00.000000Z',
        expires_at: '2026-01-03T02:30:00.000000Z',
        user: { name: 'robot', domain: { name: 'demo' } },
        project: { id: PROJECT, name: 'cn-north-4', domain: { id: 'd0' } },
      });
      expect(answer.body.token.domain).toBeUndefined();
    }
  });

  it('leaves the catalog out with any nocatalog', async () => {
    const { logIn } = fixture();
    expect((await logIn()).body.token.catalog?.length).toBeGreaterThan(0);
    expect((await logIn(PROJECT_SCOPE, {}, '?nocatalog=1')).body.token.catalog).toBeUndefined();
    expect((await logIn(PROJECT_SCOPE, {}, '?nocatalog=')).body.token.catalog).toBeDefined();
  });

  it('knows domain scope and no scope', async () => {
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
    const answer = await logIn(scope, user);
    expect(answer.status).toBe(status);
    expect(answer.body.error).toMatchObject({ code: status });
    expect(answer.token).toBe('');
  });

  it('locks the user for 15 minutes after five wrong passwords in a row', async () => {
    const { logIn, clock } = fixture();
    for (let i = 0; i < 5; i += 1) await logIn(PROJECT_SCOPE, { password: 'wrong' });
    const locked = await logIn();
    expect([locked.status, locked.body.error.message]).toEqual([401, 'The account is locked.']);
    clock.move(15 * MINUTE);
    expect((await logIn()).status).toBe(201);
  });

  it.each([
    ['robot-mfa', 401, /MFA/],
    ['robot-console', 403, /console/],
  ])('bars %s, who learns it only with the right password', async (name, status, why) => {
    const { logIn } = fixture();
    const barred = await logIn(PROJECT_SCOPE, { name });
    expect([barred.status, barred.token]).toEqual([status, '']);
    expect(JSON.stringify(barred.body)).toMatch(why);
    const wrong = await logIn(PROJECT_SCOPE, { name, password: 'wrong' });
    expect(wrong.body.error.message).toBe('The username or password is wrong.');
  });

  it('locks one user and not the others', async () => {
    const { logIn } = fixture();
    const wrong = { name: 'robot-mfa', password: 'wrong' };
    for (let i = 0; i < 5; i += 1) await logIn(PROJECT_SCOPE, wrong);
    expect((await logIn(PROJECT_SCOPE, { name: 'robot-mfa' })).body.error.message).toMatch(
      /locked/,
    );
    expect((await logIn()).status).toBe(201);
  });

  it("takes the project's account beside its name, and minds it", async () => {
    const { logIn } = fixture();
    const project = (name: string) => ({ project: { name: 'cn-north-4', domain: { name } } });
    expect((await logIn(project('demo'))).status).toBe(201);
    expect((await logIn(project('other'))).status).toBe(401);
  });

  it('gives an agency token to a caller with a token', async () => {
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

describe('GET and HEAD /v3/auth/tokens', () => {
  it('check a token, 404 for one that is none, 401 for a caller without one', async () => {
    const { send, logIn } = fixture();
    const { token } = await logIn();
    const check = (method: string, subject: string, caller = token) =>
      send(method, '/v3/auth/tokens', { 'x-auth-token': caller, 'x-subject-token': subject });
    expect((await check('GET', token)).body.token.project?.id).toBe(PROJECT);
    const statuses = [];
    for (const [subject, caller] of [
      [token, token],
      ['MIInone', token],
      [token, 'MIInone'],
    ] as const) {
      statuses.push((await check('HEAD', subject, caller)).status);
    }
    expect(statuses).toEqual([200, 404, 401]);
  });
});

describe('POST /v3.0/OS-CREDENTIAL/securitytokens', () => {
  const path = '/v3.0/OS-CREDENTIAL/securitytokens';
  const body = (method: string, facts: object) => ({
    auth: { identity: { methods: [method], [method]: facts } },
  });

  it('gives temporary keys that sign, for a while', async () => {
    const { send, logIn, iam, clock } = fixture();
    const { token } = await logIn();
    const made = await send(
      'POST',
      path,
      { 'x-auth-token': token },
      body('token', { duration_seconds: 900 }),
    );
    const { access, secret, securitytoken, expires_at } = made.body.credential;
    expect(made.status).toBe(201);
    expect(expires_at).toBe('2026-01-02T02:45:00.000000Z');
    const key = { accessKey: access, secretKey: secret, securityToken: securitytoken };
    const signed = () => {
      const request = { method: 'GET', host: HOST, path: '/v3/auth/domains', date: clock.now() };
      return send('GET', '/v3/auth/domains', signSdk(request, key));
    };
    expect((await signed()).body.domains).toMatchObject([{ id: 'd0' }]);
    clock.move(15 * MINUTE);
    expect((await signed()).status).toBe(401);
    expect(iam.keys.find(access)?.expiresAt).toBe(START + 15 * MINUTE);
  });

  it.each([
    [body('token', { duration_seconds: 899 }), 400],
    [body('token', { duration_seconds: 86_401 }), 400],
    [body('token', {}), 201],
    [body('assume_role', { agency_name: 'phonevault', domain_name: 'demo' }), 201],
    [body('assume_role', { agency_name: 'phonevault', domain_id: 'd0' }), 201],
    [body('assume_role', { agency_name: 'phonevault' }), 400],
    [body('assume_role', { agency_name: 'other', domain_name: 'demo' }), 404],
    [body('hw_ak_sk', {}), 400],
  ])('%j: %i', async (request, status) => {
    const { send, logIn } = fixture();
    const { token } = await logIn();
    expect((await send('POST', path, { 'x-auth-token': token }, request)).status).toBe(status);
  });

  it('is refused without credentials', async () => {
    const { send } = fixture();
    expect((await send('POST', path, {}, body('token', {}))).status).toBe(401);
  });
});

describe('the projects', () => {
  it('are listed for a domain-scoped token or a signature, not for a project-scoped token', async () => {
    const { send, logIn, iam, clock } = fixture();
    const domain = { 'x-auth-token': (await logIn({ domain: { id: 'd0' } })).token };
    const project = { 'x-auth-token': (await logIn()).token };
    const list = await send('GET', '/v3/projects?name=cn-north-4', domain);
    expect(list.body.projects).toMatchObject([{ id: PROJECT, domain_id: 'd0', enabled: true }]);
    expect((await send('GET', '/v3/projects?name=other', domain)).body.projects).toEqual([]);
    expect((await send('GET', '/v3/auth/projects', domain)).body.projects).toHaveLength(1);
    expect((await send('GET', '/v3/projects', project)).status).toBe(403);
    const key = iam.keys.issue({ principal: ACCOUNT.user, projectId: PROJECT });
    const signed = signSdk(
      { method: 'GET', host: HOST, path: '/v3/projects', date: clock.now() },
      key,
    );
    expect((await send('GET', '/v3/projects', signed)).status).toBe(200);
  });
});

it('counts what it was asked', async () => {
  const { logIn, calls } = fixture();
  await logIn();
  await logIn(PROJECT_SCOPE, { password: 'wrong' });
  expect(calls.counts().iam?.['create-token']).toEqual({ ok: 1, refused: 1 });
});
