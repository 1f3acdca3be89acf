import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NIGHTLY } from '../../../testing/night.ts';
import { cliNight, denyGet } from '../support/cli-night.ts';
import { fakeIo } from '../support/fake-io.ts';
import { policyFolder } from '../support/policy-folder.ts';

const BROKEN = NIGHTLY.replace('select:', 'selct:');
let cwd: string;

beforeAll(async () => {
  cwd = await policyFolder();
});
afterAll(() => rm(cwd, { recursive: true }));

describe('checking files', () => {
  it.each([
    ['absent.yaml', 'absent.yaml: the file does not exist'],
    ['.', '.: the file is a directory'],
    ['empty.yaml', 'empty.yaml:1:1: the file contains no policy'],
  ])('says what is wrong with %s', async (file, message) => {
    const { code, out } = await fakeIo({ cwd }).run('validate', file);

    expect(code).toBe(1);
    expect(out).toContain(message);
  });

  it('accepts any policy name on standard input, and reports its errors', async () => {
    const good = await fakeIo({ readStdin: async () => NIGHTLY }).run('validate', '-');
    const bad = await fakeIo({ readStdin: async () => BROKEN }).run('validate', '-');

    expect(good.out).toMatch(/^\(stdin\): ok\n {2}next slots: /);
    expect(bad.out).toContain('(stdin):4:1: selct');
  });

  it('checks against the ledger only when the bucket is set', async () => {
    const aimed = NIGHTLY.replace(
      'bucket: phonevault-demo',
      'bucket: vault\n  object_path: phonevault/x',
    );
    const run = (env: Record<string, string>) =>
      fakeIo({ env, readStdin: async () => aimed }).run('validate', '-');

    expect((await run({})).code).toBe(0);
    expect((await run({ PHONEVAULT_BUCKET: 'vault' })).code).toBe(1);
    expect((await run({ PHONEVAULT_BUCKET: 'vault', PHONEVAULT_PREFIX: 'other/' })).code).toBe(0);
    expect((await run({ PHONEVAULT_BUCKET: 'a..b' })).err).toContain(
      'PHONEVAULT_BUCKET is invalid',
    );
  });
});

describe('checking the bucket', () => {
  it('checks all policies of the bucket without files', async () => {
    const cli = await cliNight();
    await cli.night.putPolicy(NIGHTLY);
    await cli.night.putPolicy(BROKEN, 'other');

    const { code, out } = await cli.run('validate');

    expect(code).toBe(1);
    expect(out).toContain('policies/nightly.yaml: ok');
    expect(out).toContain(
      'policies/other.yaml:2:7: name: "nightly" does not match the file name "other"',
    );
  });

  it('names a policy that OBS does not return, and checks the others', async () => {
    const cli = await cliNight();
    await cli.night.putPolicy(NIGHTLY);
    await cli.night.putPolicy(NIGHTLY.replace('name: nightly', 'name: weekly'), 'weekly');
    denyGet(cli, '/policies/weekly.yaml');
    const { code, out } = await cli.run('validate', '--policy', 'nightly', 'weekly');
    expect(code).toBe(1);
    expect(out).toContain('policies/nightly.yaml: ok');
    expect(out).toMatch(/policies\/weekly.yaml cannot be read: .*AccessDenied.*00A1/);
  });
});
