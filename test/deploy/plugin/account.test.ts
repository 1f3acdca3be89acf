import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { accountOf, readLocal } from '../../../deploy/plugin/account.js';

const provider = { region: 'cn-north-4', projectId: 'p1' };
const env = { HUAWEICLOUD_SDK_AK: 'ak', HUAWEICLOUD_SDK_SK: 'sk' };
const codeOf = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('accountOf', () => {
  it("uses the region's endpoints and the keys of the environment", () => {
    expect(accountOf(provider, { ...env, HUAWEICLOUD_SDK_SECURITY_TOKEN: 't' }, undefined)).toEqual(
      {
        ...provider,
        endpoint: 'https://functiongraph.cn-north-4.myhuaweicloud.com',
        ltsEndpoint: 'https://lts.cn-north-4.myhuaweicloud.com',
        ...{ accessKey: 'ak', secretKey: 'sk', securityToken: 't' },
      },
    );
  });

  it('prefers the keys of the embedded cloud for the stage local', () => {
    const local = { accessKey: 'l-ak', secretKey: 'l-sk', securityToken: 'l-t' };
    expect(accountOf(provider, env, local)).toMatchObject(local);
  });

  it.each([
    [{}, 'no_credentials'],
    [{ HUAWEICLOUD_SDK_AK: 'ak' }, 'no_credentials'],
    [{ ...env, HUAWEICLOUD_SDK_SK: '' }, 'no_credentials'],
  ])('refuses the environment %j', (given, code) => {
    expect(codeOf(() => accountOf(provider, given, undefined))).toBe(code);
  });

  it('refuses an empty project', () => {
    const none = { ...provider, projectId: '' };
    expect(codeOf(() => accountOf(none, env, undefined))).toBe('no_project');
  });

  it.each(['http://127.0.0.1:8080', 'http://localhost', 'http://[::1]:1/', 'https://any.example'])(
    'sends keys to %s',
    (endpoint) =>
      expect(accountOf({ ...provider, endpoint }, env, undefined)).toHaveProperty(
        'endpoint',
        endpoint,
      ),
  );

  it.each([
    'http://cloud.example',
    'http://127.0.0.1.example.com',
    'http://localhost@evil.example',
    'http://127.0.0.1:80/path',
    'ftp://localhost',
  ])('sends no keys in clear text to %s', (url) => {
    for (const name of ['endpoint', 'ltsEndpoint']) {
      const given = { ...provider, [name]: url };
      expect(codeOf(() => accountOf(given, env, undefined))).toBe('endpoint_invalid');
    }
  });
});

describe('readLocal', () => {
  it('reads the ready line for the stage local only', async () => {
    const root = await mkdtemp(join(tmpdir(), 'phonevault-account-'));
    try {
      await writeFile(join(root, 'ready.json'), '{"accessKey":"a"}');
      expect(await readLocal(root, 'local', 'ready.json')).toEqual({ accessKey: 'a' });
      expect(await readLocal(root, 'prod', 'ready.json')).toBeUndefined();
      await expect(readLocal(root, 'local', 'none.json')).rejects.toMatchObject({
        code: 'no_local_cloud',
        hint: expect.stringContaining('npm run local') as string,
      });
    } finally {
      await rm(root, { recursive: true });
    }
  });
});
