import { mkdtemp, readdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parsePolicy } from '../../../lib/policy/parse/parse.ts';
import { NIGHTLY } from '../../../testing/night.ts';
import { cliNight } from '../support/cli-night.ts';

/** A person who answers by the first word of each question, in front of the embedded cloud without any setting. */
async function newcomer(changes: Record<string, string> = {}) {
  const home = await mkdtemp(join(tmpdir(), 'phonevault-test-'));
  const cli = await cliNight({ io: { home, cwd: home } });
  const { env } = cli.io;
  const known: Record<string, string | undefined> = { ...env };
  for (const name of Object.keys(env)) delete env[name];
  const answers: Record<string, string | undefined> = {
    Region: known.PHONEVAULT_REGION,
    'Bucket for policies': known.PHONEVAULT_BUCKET,
    Access: known.HUAWEICLOUD_SDK_AK,
    Secret: known.HUAWEICLOUD_SDK_SK,
    Security: known.HUAWEICLOUD_SDK_SECURITY_TOKEN,
    URN: '',
    Names: 'game-*',
    'Bucket for archives': '',
    ...changes,
  };
  env.PHONEVAULT_PROJECT_ID = known.PHONEVAULT_PROJECT_ID;
  const asked: string[] = [];
  cli.io.ask = async (question, { isHidden = false } = {}) => {
    asked.push(`${isHidden ? 'hidden ' : ''}${question}`);
    const found = Object.entries(answers).find(([start]) => question.startsWith(start));
    return found?.[1];
  };
  const config = join(home, '.phonevault', 'config');
  return { cli, home, config, asked, known };
}

it('asks, tries, writes a private profile and a first policy, and later commands use them', async () => {
  const { cli, home, config, asked, known } = await newcomer();
  const { code, out } = await cli.run('init');
  expect(code).toBe(0);
  expect(out).toContain('phonevault apply nightly.yaml');
  expect((await stat(config)).mode & 0o777).toBe(0o600);
  expect(await readFile(config, 'utf8')).toContain(
    `PHONEVAULT_BUCKET = ${known.PHONEVAULT_BUCKET}`,
  );
  expect(asked.filter((one) => one.startsWith('hidden'))).toHaveLength(2);

  const policy = await readFile(join(home, 'nightly.yaml'), 'utf8');
  expect(parsePolicy(policy, { fileName: 'nightly.yaml' })).toMatchObject({ ok: true });
  expect((await cli.run('apply', 'nightly.yaml')).out).toContain('nightly: created');

  expect(await cli.run('init')).toMatchObject({ code: 1 });
  expect((await cli.run('init', '--profile', 'two')).out).toContain('PHONEVAULT_PROFILE=two');
});

it('writes no policy where the bucket has one', async () => {
  const { cli, home } = await newcomer();
  await cli.night.putPolicy(NIGHTLY);
  expect((await cli.run('init', '--json')).code).toBe(0);
  expect(await readdir(home)).toEqual(['.phonevault']);
});

it('needs a terminal, and answers', async () => {
  const { cli } = await newcomer({ Region: '' });
  expect(await cli.run('init')).toMatchObject({ code: 2 });
  cli.io.ask = async () => undefined;
  const { code, err } = await cli.run('init');
  expect([code, err]).toEqual([2, expect.stringContaining('needs a terminal')]);
});

it('writes nothing when the keys do not work, and says so', async () => {
  const { cli, home } = await newcomer({ Secret: 'wrong' });
  const { code, err } = await cli.run('init');
  expect(code).toBe(1);
  expect(err).toContain('check the access key and the secret key');
  expect(err).not.toContain('wrong');
  expect(await readdir(home)).toEqual([]);
});
