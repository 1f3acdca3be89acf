import { describe, expect, it } from 'vitest';
import { START } from '../../support/clock.ts';
import { IAM_HOST, iamFixture as fixture } from '../../support/iam.ts';
import { signSdk } from '../../support/sign-sdk.ts';

const MINUTE = 60_000;

describe('POST /v3.0/OS-CREDENTIAL/securitytokens', () => {
  const path = '/v3.0/OS-CREDENTIAL/securitytokens';
  const body = (method: string, facts: object) => ({
    auth: { identity: { methods: [method], [method]: facts } },
  });

  it('returns temporary keys that sign until they expire', async () => {
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
      const request = {
        method: 'GET',
        host: IAM_HOST,
        path: '/v3/auth/domains',
        date: clock.now(),
      };
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

  it('refuses a caller without credentials', async () => {
    const { send } = fixture();
    expect((await send('POST', path, {}, body('token', {}))).status).toBe(401);
  });
});
