import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withProfile } from '../../../cli/sign-in/profile.ts';
import { fakeIo } from '../support/fake-io.ts';

async function homeWith(text: string, mode = 0o600): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'phonevault-test-'));
  await mkdir(join(home, '.phonevault'));
  const path = join(home, '.phonevault', 'config');
  await writeFile(path, text);
  await chmod(path, mode);
  return home;
}

const CONFIG = `# mine
[default]
PHONEVAULT_REGION = cn-north-4
PHONEVAULT_BUCKET=my-phonevault
HUAWEICLOUD_SDK_AK = file-key
HUAWEICLOUD_SDK_SK = a=b #c

[test]
PHONEVAULT_REGION = eu-west-101
`;

it('adds the default profile to what the environment sets', async () => {
  const env = { PHONEVAULT_BUCKET: 'other', PHONEVAULT_REGION: ' ' };
  expect(await withProfile({ env, home: await homeWith(CONFIG) })).toEqual({
    PHONEVAULT_BUCKET: 'other',
    PHONEVAULT_REGION: 'cn-north-4',
    HUAWEICLOUD_SDK_AK: 'file-key',
    HUAWEICLOUD_SDK_SK: 'a=b #c',
  });
});

it('takes the profile that PHONEVAULT_PROFILE names, and nothing of another', async () => {
  const env = { PHONEVAULT_PROFILE: 'test' };
  const read = await withProfile({ env, home: await homeWith(CONFIG) });
  expect(read).toEqual({ ...env, PHONEVAULT_REGION: 'eu-west-101' });
});

it.each([{ HW_USER_NAME: 'me' }, { HUAWEICLOUD_SDK_AK: 'mine' }, { OS_PASSWORD: 'x' }])(
  'takes no credentials of the file beside %j',
  async (env) => {
    const read = await withProfile({ env, home: await homeWith(CONFIG) });
    expect(read).toEqual({
      ...env,
      PHONEVAULT_REGION: 'cn-north-4',
      PHONEVAULT_BUCKET: 'my-phonevault',
    });
  },
);

it('changes nothing without a file', async () => {
  const env = {};
  expect(await withProfile({ env, home: '/nowhere' })).toBe(env);
});

it.each([
  ['a file that others may read', CONFIG, 0o644, {}, 'chmod 600'],
  ['a line that is no setting', '[default]\nsecret-word\n', 0o600, {}, 'line 2 of'],
  ['a setting of another program', '[default]\nPATH = secret-word\n', 0o600, {}, 'line 2 of'],
  ['a setting without a profile', 'PHONEVAULT_REGION = x\n', 0o600, {}, 'line 1 of'],
  ['an unknown profile', CONFIG, 0o600, { PHONEVAULT_PROFILE: 'prod' }, 'default, test'],
])('refuses %s, without its values', async (_what, text, mode, env, says) => {
  const cli = fakeIo({ env, home: await homeWith(text, mode) });
  const { code, err } = await cli.run('version');
  expect(code).toBe(1);
  expect(err).toContain(says);
  expect(err).not.toMatch(/secret-word|a=b/);
});
