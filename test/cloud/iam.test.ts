import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Login } from '../../lib/cloud/iam.ts';
import { reveal, secret } from '../../lib/secret.ts';
import { revealSecrets } from '../support/reveal-secrets.ts';
import type { FakeResponse } from './support/fake-caller.ts';
import { iamThat, keystone, own } from './support/iam.ts';

const PASSWORD = 'Correct-Horse-7';
const login: Login = {
  account: 'acct-demo',
  user: 'robot-1',
  password: secret(PASSWORD),
  project: { name: 'cn-north-4' },
};
const ISSUED: FakeResponse = {
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
describe('createToken', () => {
  it('reads the token, its project and its expiry', async () => {
    const { iam, requests } = iamThat(ISSUED);
    expect(revealSecrets(await iam.createToken(login))).toEqual({
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
  ])('requests project %j in the form that Keystone needs too', async (project, scoped) => {
    const { iam, bodies } = iamThat(ISSUED);
    await iam.createToken({ ...login, project });
    const user = { name: 'robot-1', password: PASSWORD, domain: { name: 'acct-demo' } };
    const identity = { methods: ['password'], password: { user } };
    expect(bodies()).toEqual([{ auth: { identity, scope: { project: scoped } } }]);
  });

  it.each<[string, FakeResponse, string, number]>([
    ['throttled', own(429, 'IAM.0012'), 'throttled', 2],
    ['out of order', own(503, 'IAM.0006'), 'service', 3],
    ['not there', { lost: 'refused', sent: false }, 'unreachable', 3],
    ['unknown to the name service', { lost: 'dns', sent: false }, 'unreachable', 3],
    // From here on IAM may have checked the password.
    ['failing', own(500, 'IAM.0006'), 'service', 1],
    ['behind a gateway that gave up', own(504, 'APIGW.0201'), 'service', 1],
    ['silent', { lost: 'timeout', sent: true }, 'unreachable', 1],
    ['cut off', { lost: 'cut', sent: true }, 'unreachable', 1],
    ['no IAM', { status: 200, text: '<html>' }, 'unreachable', 1],
  ])('gives a hint when IAM is %s', async (_, response, code, sent) => {
    const { iam, requests } = iamThat(response);
    await expect(iam.createToken(login)).rejects.toMatchObject({
      code,
      hint: expect.stringMatching(/IAM|minute/) as string,
    });
    expect(requests).toHaveLength(sent);
  });

  it('repeats the request after a 503', async () => {
    const { iam } = iamThat(own(503, 'IAM.0006'), ISSUED);
    expect(reveal((await iam.createToken(login)).token)).toBe('MIItoken');
  });

  it('never sends a refused password again, even after a 503', async () => {
    const { iam, requests } = iamThat(own(503, 'IAM.0006'), own(401, 'IAM.0062'), ISSUED);
    await expect(iam.createToken(login)).rejects.toMatchObject({ code: 'credentials_refused' });
    expect(requests).toHaveLength(2);
  });

  it('throws clock_skew when the clock is too far off for signatures', async () => {
    const date = 'Fri, 02 Jan 2026 04:04:05 GMT';
    const { iam } = iamThat({ ...ISSUED, headers: { 'x-subject-token': 't', date } });
    await expect(iam.createToken(login)).rejects.toMatchObject({
      code: 'clock_skew',
      message: expect.stringContaining('60 min behind') as string,
    });
  });

  it.each<[string, FakeResponse]>([
    ['token', { ...ISSUED, headers: {} }],
    ['project', { ...ISSUED, json: { token: { expires_at: '2026-01-03T03:04:05Z' } } }],
    ['time', { ...ISSUED, json: { token: { expires_at: 'soon', project: { id: 'p' } } } }],
  ])('throws for a response without a %s', async (_, response) => {
    const { iam } = iamThat(response);
    await expect(iam.createToken(login)).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('keeps the password out of errors and records, even if IAM repeats it', async () => {
    for (const response of [
      keystone(401, `The password ${PASSWORD} is wrong.`),
      own(429, 'IAM.0012', `slow down, ${PASSWORD}`),
      { status: 200, text: PASSWORD },
      { lost: 'cut' } as const,
    ]) {
      const { iam, records } = iamThat(response);
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

  it('requests keys for a day with the token', async () => {
    const { iam, requests, bodies } = iamThat({ status: 201, json: { credential } });
    expect(revealSecrets(await iam.createTemporaryKeys(secret('MIItoken')))).toEqual({
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
});

describe('findProject', () => {
  const projects = [
    { id: 'p0', name: 'cn-north-4_games' },
    { id: 'p1', name: 'cn-north-4' },
  ];

  it('returns the project of exactly that name', async () => {
    const { iam, caller, requests } = iamThat({ json: { projects } });
    expect(await iam.findProject('cn-north-4', caller.authenticate)).toBe('p1');
    expect(requests[0]?.url).toBe('https://iam/v3/projects?name=cn-north-4');
  });

  it.each<[FakeResponse, string]>([
    [{ json: { projects: projects.slice(0, 1) } }, 'not_found'],
    [own(403, 'IAM.0003'), 'access_denied'],
    [own(401, 'APIGW.0301'), 'credentials_refused'],
    [{ status: 401, headers: { date: 'Fri, 02 Jan 2026 09:04:05 GMT' } }, 'clock_skew'],
  ])('reads %j as %s', async (response, code) => {
    const { iam, caller } = iamThat(response);
    await expect(iam.findProject('cn-north-4', caller.authenticate)).rejects.toMatchObject({
      code,
    });
  });
});
