import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createIam, type Login } from '../../lib/cloud/iam.ts';
import { reveal, secret } from '../../lib/secret.ts';
import { revealed } from '../support/revealed.ts';
import { fakeCaller, type Said } from './request/fake-send.ts';

const PASSWORD = 'Correct-Horse-7';
const login: Login = {
  account: 'acct-demo',
  user: 'robot-1',
  password: secret(PASSWORD),
  project: { name: 'cn-north-4' },
};
const ISSUED: Said = {
  status: 201,
  headers: { 'x-subject-token': 'MIItoken', date: 'Fri, 02 Jan 2026 03:04:05 GMT' },
  json: {
    token: {
      methods: ['password'],
      expires_at: '2026-01-03T03:04:05.123000Z',
      project: { id: 'p1', name: 'cn-north-4' },
    },
  },
};
const keystone = (status: number, message: string, headers: Record<string, string> = {}): Said => ({
  status,
  headers,
  json: { error: { code: status, message, title: 'Unauthorized' } },
});
const own = (status: number, error_code: string, error_msg = 'No.'): Said => ({
  status,
  json: { error_code, error_msg },
});

function iamThat(...said: Said[]) {
  const fake = fakeCaller(...said);
  return { ...fake, iam: createIam({ ...fake.caller, endpoint: 'https://iam' }) };
}

describe('createToken', () => {
  it('reads token, project and end', async () => {
    const { iam, requests } = iamThat(ISSUED);
    expect(revealed(await iam.createToken(login))).toEqual({
      token: 'MIItoken',
      projectId: 'p1',
      expiresAt: Date.UTC(2026, 0, 3, 3, 4, 5, 123),
    });
    expect(requests[0]).toMatchObject({
      method: 'POST',
      url: 'https://iam/v3/auth/tokens?nocatalog=1',
    });
    expect(requests[0]?.headers).not.toHaveProperty('X-Auth-Token');
  });

  it.each([
    [{ id: 'p1' }, { id: 'p1' }],
    [{ name: 'cn-north-4' }, { name: 'cn-north-4', domain: { name: 'acct-demo' } }],
  ])('asks for project %j as Keystone wants it, too', async (project, scoped) => {
    const { iam, bodies } = iamThat(ISSUED);
    await iam.createToken({ ...login, project });
    const user = { name: 'robot-1', password: PASSWORD, domain: { name: 'acct-demo' } };
    const identity = { methods: ['password'], password: { user } };
    expect(bodies()).toEqual([{ auth: { identity, scope: { project: scoped } } }]);
  });

  it.each<[string, Said, string, RegExp, RegExp]>([
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
    ['a 403', own(403, 'IAM.0003'), 'access_denied', /may not/, /IAM/],
    ['a web server', { status: 404, text: '<html>' }, 'not_found', /no sign-in/, /endpoint/],
    ['a bad request', own(400, 'IAM.0011'), 'service', /refused the request/, /spelling/],
  ])('tells %s, having sent the password once', async (_, said, code, message, hint) => {
    const { iam, requests } = iamThat(said);
    await expect(iam.createToken(login)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
      hint: expect.stringMatching(hint) as string,
      carriedOut: 'no',
    });
    expect(requests).toHaveLength(1);
  });

  it.each<[string, Said, string, number]>([
    ['throttled', own(429, 'IAM.0012'), 'throttled', 2],
    ['out of order', own(503, 'IAM.0006'), 'service', 3],
    ['not there', { lost: 'refused', sent: false }, 'unreachable', 3],
    ['unknown to the name service', { lost: 'dns', sent: false }, 'unreachable', 3],
    // From here on it may have been looked at, and been wrong.
    ['failing', own(500, 'IAM.0006'), 'service', 1],
    ['behind a gateway that gave up', own(504, 'APIGW.0201'), 'service', 1],
    ['silent', { lost: 'timeout', sent: true }, 'unreachable', 1],
    ['cut off', { lost: 'cut', sent: true }, 'unreachable', 1],
    ['no IAM', { status: 200, text: '<html>' }, 'unreachable', 1],
  ])('tells when IAM is %s', async (_, said, code, sent) => {
    const { iam, requests } = iamThat(said);
    await expect(iam.createToken(login)).rejects.toMatchObject({
      code,
      hint: expect.stringMatching(/IAM|minute/) as string,
    });
    expect(requests).toHaveLength(sent);
  });

  it('gets over one refusal to serve', async () => {
    const { iam } = iamThat(own(503, 'IAM.0006'), ISSUED);
    expect(reveal((await iam.createToken(login)).token)).toBe('MIItoken');
  });

  it('never sends a refused password again, even after trouble', async () => {
    const { iam, requests } = iamThat(own(503, 'IAM.0006'), own(401, 'IAM.0062'), ISSUED);
    await expect(iam.createToken(login)).rejects.toMatchObject({ code: 'credentials_refused' });
    expect(requests).toHaveLength(2);
  });

  it('tells of a clock that no signature would be taken by', async () => {
    const date = 'Fri, 02 Jan 2026 04:04:05 GMT';
    const { iam } = iamThat({ ...ISSUED, headers: { 'x-subject-token': 't', date } });
    await expect(iam.createToken(login)).rejects.toMatchObject({
      code: 'clock_skew',
      message: expect.stringContaining('60 min behind') as string,
    });
  });

  it.each<[string, Said]>([
    ['token', { ...ISSUED, headers: {} }],
    ['project', { ...ISSUED, json: { token: { expires_at: '2026-01-03T03:04:05Z' } } }],
    ['time', { ...ISSUED, json: { token: { expires_at: 'soon', project: { id: 'p' } } } }],
  ])('cannot use an answer without a %s', async (_, said) => {
    const { iam } = iamThat(said);
    await expect(iam.createToken(login)).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('keeps the password out of errors and records, even if IAM repeats it', async () => {
    for (const said of [
      keystone(401, `The password ${PASSWORD} is wrong.`),
      own(429, 'IAM.0012', `slow down, ${PASSWORD}`),
      { status: 200, text: PASSWORD },
      { lost: 'cut' } as const,
    ]) {
      const { iam, records } = iamThat(said);
      const error: unknown = await iam.createToken(login).catch((thrown: unknown) => thrown);
      const shown = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error);
      expect(error).toBeInstanceOf(Error);
      expect(shown + JSON.stringify(records) + inspect(login)).not.toContain(PASSWORD);
    }
  });
});

describe('createTemporaryKeys', () => {
  const credential = {
    access: 'AKTEMP1',
    secret: 'SKTEMP1',
    securitytoken: 'gAAA',
    expires_at: '2026-01-03T03:04:05.000000Z',
  };

  it('asks with the token, for a day', async () => {
    const { iam, requests, bodies } = iamThat({ status: 201, json: { credential } });
    expect(revealed(await iam.createTemporaryKeys(secret('MIItoken')))).toEqual({
      accessKey: 'AKTEMP1',
      secretKey: 'SKTEMP1',
      securityToken: 'gAAA',
      expiresAt: Date.UTC(2026, 0, 3, 3, 4, 5),
    });
    expect(requests[0]).toMatchObject({
      url: 'https://iam/v3.0/OS-CREDENTIAL/securitytokens',
      headers: { 'X-Auth-Token': 'MIItoken' },
    });
    expect(bodies()).toEqual([
      { auth: { identity: { methods: ['token'], token: { duration_seconds: 86_400 } } } },
    ]);
  });

  it.each<[Said, string, RegExp]>([
    [{ status: 404, text: 'not found' }, 'not_found', /does not issue temporary keys/],
    [own(403, 'IAM.0002'), 'access_denied', /no keys for OBS/],
    [{ lost: 'cut' }, 'unreachable', /cannot be reached/],
  ])('%j: %s', async (said, code, message) => {
    const { iam } = iamThat(said);
    await expect(iam.createTemporaryKeys(secret('t'))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
      hint: expect.any(String) as string,
    });
  });
});

describe('findProject', () => {
  const projects = [
    { id: 'p0', name: 'cn-north-4_games' },
    { id: 'p1', name: 'cn-north-4' },
  ];

  it('takes the project of exactly that name', async () => {
    const { iam, caller, requests } = iamThat({ json: { projects } });
    expect(await iam.findProject('cn-north-4', caller.authenticate)).toBe('p1');
    expect(requests[0]?.url).toBe('https://iam/v3/projects?name=cn-north-4');
  });

  it.each<[Said, string]>([
    [{ json: { projects: projects.slice(0, 1) } }, 'not_found'],
    [own(403, 'IAM.0003'), 'access_denied'],
    [own(401, 'APIGW.0301'), 'credentials_refused'],
    [{ status: 401, headers: { date: 'Fri, 02 Jan 2026 09:04:05 GMT' } }, 'clock_skew'],
  ])('%j: %s', async (said, code) => {
    const { iam, caller } = iamThat(said);
    await expect(iam.findProject('cn-north-4', caller.authenticate)).rejects.toMatchObject({
      code,
    });
  });
});
