import { describe, expect, it } from 'vitest';
import { ACCOUNT, PROJECT } from '../../support/cph.ts';
import { IAM_HOST, iamFixture as fixture, PROJECT_SCOPE } from '../../support/iam.ts';
import { signSdk } from '../../support/sign-sdk.ts';

describe('GET and HEAD /v3/auth/tokens', () => {
  it('check a token: 404 for an unknown one, 401 for an unknown caller', async () => {
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
      { method: 'GET', host: IAM_HOST, path: '/v3/projects', date: clock.now() },
      key,
    );
    expect((await send('GET', '/v3/projects', signed)).status).toBe(200);
  });
});

it('counts its calls', async () => {
  const { logIn, calls } = fixture();
  await logIn();
  await logIn(PROJECT_SCOPE, { password: 'wrong' });
  expect(calls.counts().iam?.['create-token']).toEqual({ ok: 1, refused: 1 });
});
