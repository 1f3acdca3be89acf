import { describe, expect, it } from 'vitest';
import type { Login } from '../../lib/cloud/iam.ts';
import { secret } from '../../lib/secret.ts';
import type { FakeResponse } from './support/fake-caller.ts';
import { iamThat, keystone, own } from './support/iam.ts';

const login: Login = {
  account: 'acct-demo',
  user: 'robot-1',
  password: secret('Correct-Horse-7'),
  project: { name: 'cn-north-4' },
};
describe('signInError', () => {
  it.each<[string, FakeResponse, string, RegExp, RegExp]>([
    [
      'a wrong password',
      keystone(401, 'The username or password is wrong.'),
      'credentials_refused',
      /password or the account is wrong/,
      /lock/,
    ],
    [
      'a wrong password by code',
      own(401, 'IAM.0062'),
      'credentials_refused',
      /password or the account is wrong/,
      /lock/,
    ],
    [
      "Keystone's one refusal for everything",
      keystone(401, 'The request you have made requires authentication.'),
      'credentials_refused',
      /the account or the project is wrong/,
      /lock/,
    ],
    [
      'a lock',
      keystone(401, 'The account is locked.'),
      'credentials_refused',
      /user is locked/,
      /15 minutes/,
    ],
    ['a lock by code', own(401, 'IAM.0061'), 'credentials_refused', /user is locked/, /15 minutes/],
    [
      "Keystone's receipt for a second factor",
      {
        status: 401,
        headers: { 'openstack-auth-receipt': 'gAAA' },
        json: { receipt: {}, required_auth_methods: [['password', 'totp']] },
      },
      'credentials_refused',
      /second factor/,
      /access keys/,
    ],
    [
      'MFA in words',
      keystone(401, 'The user has to log in with a virtual MFA device.'),
      'credentials_refused',
      /second factor/,
      /access keys/,
    ],
    [
      'a console-only user',
      own(403, 'IAM.0081'),
      'access_denied',
      /only use the console/,
      /programmatic access/,
    ],
    [
      'an expired password',
      keystone(401, 'The password is expired and needs to be changed for user: u1.'),
      'credentials_refused',
      /expired/,
      /new password/,
    ],
    [
      'an unknown project',
      keystone(401, 'The project or domain does not exist.'),
      'access_denied',
      /project/,
      /region/,
    ],
    [
      'another project as 404',
      keystone(404, 'Could not find project: cn-north-9.'),
      'access_denied',
      /project/,
      /region/,
    ],
    [
      'an unknown account',
      keystone(401, 'Could not find domain: x.'),
      'credentials_refused',
      /account/,
      /name/,
    ],
    ['another 403', own(403, 'IAM.0003'), 'access_denied', /may not/, /IAM/],
    ['a web server', { status: 404, text: '<html>' }, 'not_found', /no sign-in/, /endpoint/],
    ['a bad request', own(400, 'IAM.0011'), 'service', /refused the request/, /spelling/],
  ])('explains %s, after sending the password once', async (_, response, code, message, hint) => {
    const { iam, requests } = iamThat(response);
    await expect(iam.createToken(login)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
      hint: expect.stringMatching(hint) as string,
      carriedOut: 'no',
    });
    expect(requests).toHaveLength(1);
  });
});

describe('keysError', () => {
  it.each<[FakeResponse, string, RegExp]>([
    [{ status: 404, text: 'not found' }, 'not_found', /does not issue temporary keys/],
    [own(403, 'IAM.0002'), 'access_denied', /no keys for OBS/],
    [{ lost: 'cut' }, 'unreachable', /cannot be reached/],
  ])('explains %j with the code %s', async (response, code, message) => {
    const { iam } = iamThat(response);
    await expect(iam.createTemporaryKeys(secret('t'))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
      hint: expect.any(String) as string,
    });
  });
});
