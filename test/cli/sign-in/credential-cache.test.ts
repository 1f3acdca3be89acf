import {
  chmod,
  chown,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type CachedSignIn,
  type CredentialCache,
  createCredentialCache,
} from '../../../cli/sign-in/credential-cache.ts';
import { secret } from '../../../lib/secret.ts';
import { revealSecrets } from '../../support/reveal-secrets.ts';

const SIGN_IN: CachedSignIn = {
  token: secret('MIItoken'),
  accessKey: 'AK1',
  secretKey: secret('SK1'),
  securityToken: secret('gAAA'),
  projectId: 'p1',
  expiresAt: 1_800_000_000_000,
};
const OTHER = { ...SIGN_IN, token: secret('MIIother') };

let base = '';
let dir = '';
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'sign-in-'));
  dir = join(base, 'cache', 'phonevault');
});
afterEach(() => rm(base, { recursive: true, force: true }));

const cacheOf = (password = 'right', identity = ['https://iam', 'acct', 'robot', 'p1']) =>
  createCredentialCache({ dir, identity, password: secret(password) });
const readBy = async (cache: CredentialCache) => revealSecrets(await cache.read());
const fileName = async () => (await readdir(dir)).find((name) => name.endsWith('.json')) ?? '';
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe('createCredentialCache', () => {
  it('caches a sign-in for this user only, without the password', async () => {
    await cacheOf('a-long-password').write(SIGN_IN);
    expect(await readBy(cacheOf('a-long-password'))).toEqual(revealSecrets(SIGN_IN));
    const path = join(dir, await fileName());
    expect([await modeOf(dir), await modeOf(path)]).toEqual(['700', '600']);
    expect(await readFile(path, 'utf8')).not.toContain('a-long-password');
    expect(await readdir(dir)).toHaveLength(1);
  });

  it('is empty at first, and creates no folder on read', async () => {
    expect(await cacheOf().read()).toBeUndefined();
    await expect(stat(dir)).rejects.toThrow();
  });

  it('returns nothing for another password, user or project', async () => {
    await cacheOf().write(SIGN_IN);
    expect(await cacheOf('changed').read()).toBeUndefined();
    expect(await cacheOf('right', ['https://iam', 'acct', 'robot', 'p2']).read()).toBeUndefined();
    expect(await readBy(cacheOf())).toEqual(revealSecrets(SIGN_IN));
  });

  it('caches several identities, and the newest sign-in of each', async () => {
    const second = cacheOf('right', ['https://iam', 'acct', 'other', 'p1']);
    await cacheOf().write(SIGN_IN);
    await second.write(OTHER);
    await cacheOf('changed').write({ ...SIGN_IN, token: secret('MIInew') });
    expect(await readBy(second)).toEqual(revealSecrets(OTHER));
    expect(await readBy(cacheOf('changed'))).toMatchObject({ token: 'MIInew' });
    expect(await readdir(dir)).toHaveLength(2);
  });

  it.each<[string, (path: string) => Promise<unknown>]>([
    ['is readable by others', (path) => chmod(path, 0o644)],
    ['is writable by the group', (path) => chmod(path, 0o620)],
    ['is cut off', (path) => writeFile(path, '{"version":1')],
    ['is empty', (path) => writeFile(path, '')],
    ['is of another version', (path) => writeFile(path, '{"version":2}')],
    ['is huge', (path) => writeFile(path, ' '.repeat(300_000))],
    ['lies in a folder open to others', () => chmod(dir, 0o755)],
  ])('does not use a file that %s, and replaces it', async (_, spoil) => {
    await cacheOf().write(SIGN_IN);
    const path = join(dir, await fileName());
    await spoil(path);
    expect(await cacheOf().read()).toBeUndefined();
    await cacheOf().write(OTHER);
    expect(await readBy(cacheOf())).toEqual(revealSecrets(OTHER));
    expect([await modeOf(dir), await modeOf(path)]).toEqual(['700', '600']);
  });

  it.runIf(process.getuid?.() === 0)("trusts nothing of somebody else's", async () => {
    await cacheOf().write(SIGN_IN);
    const path = join(dir, await fileName());
    await chown(path, 12_345, 12_345);
    expect(await cacheOf().read()).toBeUndefined();
    await cacheOf().write(OTHER);
    expect(await readBy(cacheOf())).toEqual(revealSecrets(OTHER));
    await chown(dir, 12_345, 12_345);
    expect(await cacheOf().read()).toBeUndefined();
    await cacheOf().write(SIGN_IN);
    expect(await readFile(path, 'utf8')).toContain('MIIother');
  });

  it('neither reads nor writes through a link in place of the file', async () => {
    await cacheOf().write(SIGN_IN);
    const path = join(dir, await fileName());
    const elsewhere = join(base, 'elsewhere');
    await link(path, elsewhere);
    const before = await readFile(elsewhere, 'utf8');
    await rm(path);
    await symlink(elsewhere, path);
    expect(await cacheOf().read()).toBeUndefined();
    await cacheOf().write(OTHER);
    expect(await readFile(elsewhere, 'utf8')).toBe(before);
    expect(await readBy(cacheOf())).toEqual(revealSecrets(OTHER));
  });

  it('does not cache in a folder that is a link', async () => {
    const elsewhere = join(base, 'elsewhere');
    await mkdir(elsewhere);
    await mkdir(join(base, 'cache'));
    await symlink(elsewhere, dir);
    await cacheOf().write(SIGN_IN);
    expect(await readdir(elsewhere)).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a file', () => writeFile(join(base, 'cache'), 'x')],
    [
      'a folder with a folder in the place of the file',
      async () => {
        await cacheOf().write(SIGN_IN);
        const path = join(dir, await fileName());
        await rm(path);
        await mkdir(path);
      },
    ],
  ])('goes without where its folder is %s, leaving no litter', async (_, spoil) => {
    await spoil();
    await cacheOf().write(SIGN_IN);
    expect(await cacheOf().read()).toBeUndefined();
    const left = await readdir(dir).catch(() => []);
    expect(left.filter((name) => !name.endsWith('.json'))).toEqual([]);
  });
});
