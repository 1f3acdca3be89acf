import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signIn, type SignedIn } from '../../../cli/sign-in/sign-in.ts';
import { createAuthenticator } from '../../../lib/cloud/request/auth.ts';
import { type Send, TransportError } from '../../../lib/cloud/request/send.ts';
import { createCloud } from '../../../local/cloud.ts';
import { rawRequest } from '../../../local/http/raw-request.ts';
import { playClock } from '../../../testing/play-clock.ts';
import { MARK } from '../../../testing/leaks/marks.ts';
import { revealSecrets } from '../../support/reveal-secrets.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PASSWORD = `Right-${MARK}-1`;
const IAM = 'https://iam.cn-north-4.myhuaweicloud.com';
const PHONES = 'https://cph.cn-north-4.myhuaweicloud.com/v1';
const HW = { HW_USER_NAME: 'robot', HW_USER_PASSWORD: PASSWORD, HW_DOMAIN_NAME: 'demo' };

let cacheDir = '';
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'sign-in-'));
});
afterEach(() => rm(cacheDir, { recursive: true, force: true }));

/** The embedded cloud, and what a person at a terminal would do with it. */
async function fixture() {
  const clock = playClock();
  const cloud = await createCloud({ clock, user: { name: 'robot', password: PASSWORD } });
  const sent: string[] = [];
  const network = { down: false };
  const send: Send = async ({ method, url, headers, body }) => {
    sent.push(`${method} ${new URL(url).pathname}`);
    if (network.down) throw new TransportError('refused', false);
    const init = { method, headers, ...(body === undefined ? {} : { body }) };
    const response = await cloud.handle(rawRequest(url, init));
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { status: response.status, headers: Object.fromEntries(response.headers), body: bytes };
  };
  const enter = (
    env: Record<string, string> = HW,
    options: { projectId?: string; region?: string } = {},
  ) =>
    signIn({
      env,
      region: 'cn-north-4',
      projectId: undefined,
      iamEndpoint: IAM,
      clock,
      random: () => 0.5,
      send,
      cacheDir,
      ...options,
    });
  const passwords = () => sent.filter((line) => line === 'POST /v3/auth/tokens').length;
  const phones = (signedIn: Awaited<ReturnType<typeof signIn>>) => {
    const { credentials, projectId, renew } = signedIn;
    const authenticate = createAuthenticator({ credentials, projectId, clock, renew });
    const url = `${PHONES}/${projectId}/cloud-phone/phones?limit=1`;
    return async () => {
      const request = { method: 'GET', url, headers: {}, timeoutMs: 1_000 };
      const { response, signed } = await authenticate(request, send);
      return { status: response.status, signed };
    };
  };
  return { clock, cloud, enter, sent, passwords, network, phones };
}

const textsOf = ({ credentials }: SignedIn) =>
  revealSecrets(credentials) as Record<
    'token' | 'accessKey' | 'secretKey' | 'securityToken',
    string
  >;

describe('with a password', () => {
  it('returns a token, keys and the project of the region', async () => {
    const { enter, cloud, phones } = await fixture();
    const signedIn = await enter();
    expect(signedIn).toMatchObject({ how: 'password', projectId: cloud.projectId });
    expect(await phones(signedIn)()).toEqual({ status: 200, signed: false });
    const { accessKey, secretKey, securityToken } = textsOf(signedIn);
    const keys = { HUAWEICLOUD_SDK_AK: accessKey, HUAWEICLOUD_SDK_SK: secretKey };
    const byKeys = await enter({ ...keys, HUAWEICLOUD_SDK_SECURITY_TOKEN: securityToken });
    expect(await phones(byKeys)()).toEqual({ status: 200, signed: true });
  });

  it('reuses a sign-in until four hours before it expires', async () => {
    const { enter, clock, passwords } = await fixture();
    const first = await enter();
    clock.move(20 * HOUR - MINUTE);
    const second = await enter();
    expect(textsOf(second)).toEqual(textsOf(first));
    expect(second.projectId).toBe(first.projectId);
    expect(passwords()).toBe(1);
    clock.move(2 * MINUTE);
    expect(textsOf(await enter()).token).not.toBe(textsOf(first).token);
    expect(passwords()).toBe(2);
  });

  it('does not reuse the sign-in of another password', async () => {
    const { enter, passwords } = await fixture();
    await enter();
    await expect(enter({ ...HW, HW_USER_PASSWORD: 'old' })).rejects.toMatchObject({
      code: 'credentials_refused',
    });
    expect(passwords()).toBe(2);
    await enter();
    expect(passwords()).toBe(2);
  });

  it('uses a given project id', async () => {
    const { enter, cloud } = await fixture();
    const { projectId } = cloud;
    expect((await enter(HW, { projectId })).projectId).toBe(projectId);
    const env = { ...HW, HUAWEICLOUD_SDK_PROJECT_ID: projectId };
    expect((await enter(env, { region: 'nowhere' })).projectId).toBe(projectId);
  });

  it('signs in again when the cache is broken', async () => {
    const { enter, passwords } = await fixture();
    await enter();
    for (const name of await readdir(cacheDir)) await writeFile(join(cacheDir, name), '{');
    await enter();
    await enter();
    expect(passwords()).toBe(2);
  });

  it.each<[string, Record<string, string>, object, string, RegExp]>([
    ['a wrong password', { HW_USER_PASSWORD: 'Wrong-1' }, {}, 'credentials_refused', /lock/],
    ['a wrong account', { HW_DOMAIN_NAME: 'other' }, {}, 'credentials_refused', /HW_DOMAIN_NAME/],
    ['a user with MFA', { HW_USER_NAME: 'robot-mfa' }, {}, 'credentials_refused', /access keys/],
    ['a console user', { HW_USER_NAME: 'robot-console' }, {}, 'access_denied', /programmatic/],
    ['a region without project', {}, { region: 'cn-south-1' }, 'access_denied', /region/],
    ['a project of others', {}, { projectId: 'f'.repeat(32) }, 'access_denied', /project id/],
  ])('reports %s, and sends it once', async (_, env, options, code, hint) => {
    const { enter, passwords } = await fixture();
    const error: unknown = await enter({ ...HW, ...env }, options).catch((e: unknown) => e);
    expect(error).toMatchObject({ code, hint: expect.stringMatching(hint) as string });
    expect((error as { hint: string }).hint).toContain('HW_USER_PASSWORD');
    expect(inspect(error, { depth: 10 })).not.toMatch(/Right-Password|Wrong-1/);
    expect(passwords()).toBe(1);
    expect(await readdir(cacheDir)).toEqual([]);
  });

  it('distinguishes a locked user from a wrong password', async () => {
    const { enter } = await fixture();
    for (let i = 0; i < 5; i += 1) {
      await enter({ ...HW, HW_USER_PASSWORD: 'Wrong-1' }).catch(() => undefined);
    }
    await expect(enter()).rejects.toMatchObject({
      message: expect.stringContaining('locked') as string,
      hint: expect.stringContaining('15 minutes') as string,
    });
  });

  it('reports an unreachable IAM, and does not need it while the sign-in is cached', async () => {
    const { enter, network } = await fixture();
    network.down = true;
    await expect(enter()).rejects.toMatchObject({ code: 'unreachable' });
    network.down = false;
    await enter();
    network.down = true;
    expect((await enter()).how).toBe('password');
  });

  it('stores no password in the cache', async () => {
    const { enter } = await fixture();
    await enter();
    for (const name of await readdir(cacheDir)) {
      expect(name + (await readFile(join(cacheDir, name), 'utf8'))).not.toContain(PASSWORD);
    }
  });
});

describe('renew', () => {
  /** Signs in and has the token grow old while the command runs. */
  async function outlived() {
    const made = await fixture();
    const signedIn = await made.enter();
    made.clock.move(25 * HOUR);
    return { ...made, signedIn };
  }

  it('replaces an expired token once for all clients and the next command', async () => {
    const { signedIn, phones, passwords, enter } = await outlived();
    const [one, two] = [phones(signedIn), phones(signedIn)];
    const responses = await Promise.all([one(), one(), two()]);
    expect([...responses, await two()].map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(responses.some(({ signed }) => signed)).toBe(false);
    expect(passwords()).toBe(2);
    await enter();
    expect(passwords()).toBe(2);
  });

  it('renews again a day later', async () => {
    const { signedIn, phones, clock, passwords } = await outlived();
    const lookup = phones(signedIn);
    await lookup();
    clock.move(25 * HOUR);
    expect(await lookup()).toEqual({ status: 200, signed: false });
    expect(passwords()).toBe(3);
  });

  it('never sends a refused password again', async () => {
    const { signedIn, cloud, passwords } = await outlived();
    const fault = { service: 'iam', operation: 'create-token', kind: 'error', status: 401 };
    const request = rawRequest(`${PHONES.replace('/v1', '')}/_local/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...fault, code: 'IAM.0062' }),
    });
    expect((await cloud.handle(request)).status).toBeLessThan(300);
    for (let i = 0; i < 3; i += 1) {
      await expect(signedIn.renew?.()).rejects.toMatchObject({ code: 'credentials_refused' });
    }
    expect(passwords()).toBe(2);
  });

  it('retries after IAM was unreachable', async () => {
    const { signedIn, network } = await outlived();
    network.down = true;
    await expect(signedIn.renew?.()).rejects.toMatchObject({ code: 'unreachable' });
    network.down = false;
    expect(revealSecrets((await signedIn.renew?.())?.token)).toMatch(/^MII/);
  });
});

describe('with keys', () => {
  async function permanent() {
    const made = await fixture();
    const { keys } = made.cloud.iam;
    const principal = { userId: 'u', userName: 'u', domainId: 'd' };
    const key = keys.issue({ principal, projectId: made.cloud.projectId });
    const env = { HUAWEICLOUD_SDK_AK: key.accessKey, HUAWEICLOUD_SDK_SK: key.secretKey };
    return { ...made, env };
  }

  it('needs no call when the project id is known', async () => {
    const { enter, env, sent, phones, cloud } = await permanent();
    const signedIn = await enter({ ...env, HUAWEICLOUD_SDK_PROJECT_ID: cloud.projectId });
    expect(sent).toEqual([]);
    expect(signedIn).toMatchObject({ how: 'keys', projectId: cloud.projectId });
    expect(signedIn.renew).toBeUndefined();
    expect(await phones(signedIn)()).toEqual({ status: 200, signed: true });
    expect(inspect(signedIn)).not.toContain(env.HUAWEICLOUD_SDK_SK);
  });

  it('looks up the project id by the region otherwise', async () => {
    const { enter, env, cloud } = await permanent();
    expect((await enter(env)).projectId).toBe(cloud.projectId);
    await expect(enter(env, { region: 'cn-south-1' })).rejects.toMatchObject({
      code: 'not_found',
      hint: expect.stringContaining('PHONEVAULT_PROJECT_ID') as string,
    });
  });

  it('reports refused keys', async () => {
    const { enter, env, sent } = await permanent();
    await expect(enter({ ...env, HUAWEICLOUD_SDK_SK: 'wrong' })).rejects.toMatchObject({
      code: 'credentials_refused',
      hint: expect.stringContaining('HUAWEICLOUD_SDK_AK') as string,
    });
    expect(sent).toHaveLength(1);
  });
});
