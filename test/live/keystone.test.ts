import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { signIn } from '../../cli/sign-in/sign-in.ts';
import { createAuthenticator } from '../../lib/cloud/request/auth.ts';
import { type Credentials } from '../../lib/cloud/request/credentials.ts';
import { createIam, type Login } from '../../lib/cloud/iam.ts';
import { call } from '../../lib/cloud/request/request.ts';
import { type HttpResponse, nodeSend, type Send } from '../../lib/cloud/request/send.ts';
import { realClock } from '../../lib/runtime/real-clock.ts';
import { reveal, type Secret, secret } from '../../lib/secret.ts';

const keystone = inject('servers').keystone;
const transport = nodeSend();
const responses: HttpResponse[] = [];
const send: Send = async (request) => {
  const answer = await transport(request);
  responses.push(answer);
  return answer;
};
const tools = { send, clock: realClock, random: () => 0.5 };
const iam = createIam({ ...tools, endpoint: keystone.url });

const login = (changes: Partial<Login> = {}): Login => ({
  account: keystone.account,
  user: keystone.user,
  password: secret(keystone.password),
  project: { name: keystone.project },
  ...changes,
});
const credentialsWith = (token: Secret): Credentials => ({
  token,
  accessKey: '',
  secretKey: undefined,
  securityToken: undefined,
});

/** Calls an API with a token, as a service's client does. */
const projects = (token: Secret, renew?: () => Promise<Credentials>) =>
  call(
    {
      ...tools,
      authenticate: createAuthenticator({
        credentials: credentialsWith(token),
        projectId: '',
        clock: realClock,
        ...(renew === undefined ? {} : { renew }),
      }),
    },
    {
      service: 'iam',
      operation: 'list-projects',
      method: 'GET',
      url: `${keystone.url}/v3/auth/projects`,
      reply: z.object({ projects: z.array(z.object({ name: z.string() })) }),
      idempotent: true,
    },
  );

const revoke = (token: Secret) =>
  transport({
    method: 'DELETE',
    url: `${keystone.url}/v3/auth/tokens`,
    headers: { 'X-Auth-Token': reveal(token), 'X-Subject-Token': reveal(token) },
    timeoutMs: 20_000,
  });

const refused = { code: 'credentials_refused', status: 401, retryable: false };

describe('a password at Keystone', () => {
  it('gives a token for the project, good for as long as it says', async () => {
    responses.length = 0;
    const before = Date.now();
    const { token, projectId, expiresAt } = await iam.createToken(login());
    const after = Date.now();
    expect(reveal(token)).toMatch(/^gAAAA/);
    expect(projectId).toMatch(/^[0-9a-f]{32}$/);
    // Keystone may round the expiry to whole seconds.
    const lifetimeMs = keystone.tokenSeconds * 1_000;
    expect(expiresAt).toBeGreaterThanOrEqual(before + lifetimeMs - 1_000);
    expect(expiresAt).toBeLessThanOrEqual(after + lifetimeMs + 1_000);
    expect(responses).toHaveLength(1);
    expect(responses[0]?.status).toBe(201);
    // The request says nocatalog, so the response is short.
    expect(Buffer.from(responses[0]?.body ?? []).toString()).not.toContain('"catalog"');
    const found = await projects(token);
    expect(found.projects.map(({ name }) => name)).toEqual([keystone.project]);
  });

  it('gives one for the project by its id', async () => {
    const { projectId: id } = await iam.createToken(login());
    expect((await iam.createToken(login({ project: { id } }))).projectId).toBe(id);
  });

  it.each<[string, Partial<Login>]>([
    ['a wrong password', { password: secret('not-the-password-1') }],
    ['an unknown user', { user: 'nobody' }],
    ['an unknown account', { account: 'elsewhere' }],
    ['an unknown project', { project: { name: 'ap-nowhere-1' } }],
    ['an unknown project id', { project: { id: '0'.repeat(32) } }],
    ['a project in which the user has no part', { project: { name: keystone.otherProject } }],
  ])('gives none for %s, and is sent once', async (_, changes) => {
    responses.length = 0;
    const wanted = login(changes);
    const error = await iam.createToken(wanted).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(refused);
    expect((error as Error).message).not.toContain(reveal(wanted.password));
    expect(responses).toHaveLength(1);
  });

  it('issues no keys, and the error says what to do', async () => {
    const { token } = await iam.createToken(login());
    await expect(iam.createTemporaryKeys(token)).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('does not issue temporary keys') as string,
      hint: expect.stringContaining('access keys') as string,
    });
  });
});

describe('a token of Keystone', () => {
  it('is refused when it is none', async () => {
    await expect(projects(secret('gAAAAnone'))).rejects.toMatchObject(refused);
  });

  it('is refused once it is revoked, and another taken in its place', async () => {
    const { token } = await iam.createToken(login());
    expect((await revoke(token)).status).toBe(204);
    await expect(projects(token)).rejects.toMatchObject(refused);
    let renewals = 0;
    const renew = async () => {
      renewals += 1;
      return credentialsWith((await iam.createToken(login())).token);
    };
    expect((await projects(token, renew)).projects).toHaveLength(1);
    expect(renewals).toBe(1);
  });

  it('is taken until it expires and refused from then on', async () => {
    const { token, expiresAt } = await iam.createToken(login());
    expect((await projects(token)).projects).toHaveLength(1);
    await sleep(expiresAt - Date.now() + 1_000);
    await expect(projects(token)).rejects.toMatchObject(refused);
  });
});

describe('signing in to Keystone from the command line', () => {
  const cacheDir = mkdtempSync(join(tmpdir(), 'phonevault-keystone-'));
  let error: unknown;
  beforeAll(async () => {
    error = await signIn({
      ...tools,
      env: {
        HW_USER_NAME: keystone.user,
        HW_USER_PASSWORD: keystone.password,
        HW_DOMAIN_NAME: keystone.account,
      },
      region: keystone.project,
      projectId: undefined,
      iamEndpoint: keystone.url,
      cacheDir,
    }).catch((thrown: unknown) => thrown);
  });
  afterAll(() => rmSync(cacheDir, { recursive: true, force: true }));

  it('gets a token and says that keys for OBS are missing, without the password', () => {
    expect(error).toMatchObject({ code: 'not_found' });
    expect(String(error)).toContain('does not issue temporary keys');
    expect(JSON.stringify(error)).not.toContain(keystone.password);
  });
});
