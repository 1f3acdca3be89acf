import { describe, expect, it } from 'vitest';
import { readEnvCredentials } from '../../../cli/sign-in/env-credentials.ts';
import { revealSecrets } from '../../support/reveal-secrets.ts';

const KEYS = { HUAWEICLOUD_SDK_AK: 'AK1', HUAWEICLOUD_SDK_SK: 'SK1' };
const HW = { HW_USER_NAME: 'robot', HW_USER_PASSWORD: ' pass word ', HW_DOMAIN_NAME: 'acct' };
const OS = { OS_USERNAME: 'stacker', OS_PASSWORD: 'os-pass', OS_DOMAIN_NAME: 'os-acct' };

function read(env: Record<string, string | undefined>) {
  return revealSecrets(readEnvCredentials(env));
}

describe('readSignIn', () => {
  it.each<[string, Record<string, string>, object]>([
    ['permanent keys', KEYS, { accessKey: 'AK1', secretKey: 'SK1', securityToken: undefined }],
    [
      'temporary keys',
      { ...KEYS, HUAWEICLOUD_SDK_SECURITY_TOKEN: ' gAAA\n' },
      { securityToken: 'gAAA' },
    ],
    ['keys before a password', { ...KEYS, ...HW, ...OS }, { how: 'keys' }],
    ['a password as it is', HW, { user: 'robot', password: ' pass word ', account: 'acct' }],
    ['HW_ before OS_', { ...OS, ...HW }, { user: 'robot', account: 'acct' }],
    ['OS_ alone', OS, { user: 'stacker', password: 'os-pass', account: 'os-acct' }],
    [
      "OpenStack's other name for the account",
      { ...OS, OS_DOMAIN_NAME: '', OS_USER_DOMAIN_NAME: 'users' },
      { account: 'users', names: ['OS_USERNAME', 'OS_PASSWORD', 'OS_USER_DOMAIN_NAME'] },
    ],
    ['OS_ beside a lone HW_DOMAIN_NAME', { ...OS, HW_DOMAIN_NAME: 'acct' }, { user: 'stacker' }],
    ['a password beside empty keys', { ...HW, HUAWEICLOUD_SDK_AK: ' ' }, { how: 'password' }],
  ])('takes %s', (_, env, given) => {
    expect(read(env)).toMatchObject(given);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['nothing', {}, ['HUAWEICLOUD_SDK_AK', 'HUAWEICLOUD_SDK_SK', 'HW_USER_PASSWORD']],
    ['no secret key', { HUAWEICLOUD_SDK_AK: 'AK1' }, ['HUAWEICLOUD_SDK_SK is not']],
    ['no secret key, but a password', { HUAWEICLOUD_SDK_AK: 'A', ...HW }, ['SDK_SK is not']],
    [
      'a security token alone',
      { HUAWEICLOUD_SDK_SECURITY_TOKEN: 'gAAA' },
      ['HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK are not'],
    ],
    ['no password', { ...HW, HW_USER_PASSWORD: '' }, ['HW_USER_PASSWORD is not']],
    ['no account', { ...HW, HW_DOMAIN_NAME: '' }, ['HW_DOMAIN_NAME is not']],
    // A password of one cloud is not sent to the account of another.
    ['halves of two clouds', { ...HW, HW_USER_PASSWORD: '', ...OS }, ['HW_USER_PASSWORD is not']],
  ])('names what is wanting: %s', (_, env, names) => {
    try {
      readEnvCredentials(env);
    } catch (error) {
      expect(error).toMatchObject({ code: 'credentials_missing' });
      const { message, hint } = error as { message: string; hint: string };
      for (const name of names) expect(`${message}; ${hint}`).toContain(name);
      expect(`${message}; ${hint}`).not.toMatch(/AK1|gAAA|pass word|os-pass/);
      return;
    }
    throw new Error('it was accepted');
  });
});
