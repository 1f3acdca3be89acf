import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layout } from '../../../../lib/ledger/store/layout.ts';
import { NIGHTLY } from '../../../../testing/night.ts';
import { cliNight, denyGet } from '../../support/cli-night.ts';

let cwd: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'phonevault-'));
  const files = {
    'nightly.yaml': NIGHTLY,
    'weekly.yaml': NIGHTLY.replace('name: nightly', 'name: weekly'),
    'broken.yaml': NIGHTLY.replace('name: nightly', 'name: broken').replace('select:', 'selct:'),
    'other-name.yaml': NIGHTLY,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
});
afterAll(() => rm(cwd, { recursive: true }));

const empty = () => cliNight({ phones: 2, servers: 1, io: { cwd } });

describe('apply', () => {
  it('uploads policies unchanged, and prints the result of each', async () => {
    const cli = await empty();

    const { code, out } = await cli.run('apply', 'nightly.yaml', 'weekly.yaml');

    expect(code).toBe(0);
    expect(out).toMatch(/^nightly: created\n {2}next slots: .* 1 a day\nweekly: created\n/);
    const { store } = cli.night.invocation().deps;
    expect((await store.get(layout.policy('nightly')))?.body).toBe(NIGHTLY);
  });

  it('skips unchanged policies and replaces changed ones', async () => {
    const cli = await empty();
    await cli.night.putPolicy(`${NIGHTLY}# before\n`);
    expect((await cli.run('apply', 'nightly.yaml')).out).toMatch(/^nightly: changed\n/);
    expect((await cli.run('apply', 'nightly.yaml')).out).toMatch(/^nightly: unchanged\n/);
  });

  it('replaces a policy that OBS does not return', async () => {
    const cli = await empty();
    await cli.night.putPolicy(`${NIGHTLY}# before\n`);
    denyGet(cli, '/policies/nightly.yaml');
    expect((await cli.run('apply', 'nightly.yaml')).out).toMatch(/^nightly: changed\n/);
  });

  it('uploads none when one has an error', async () => {
    const cli = await empty();
    const { code, out, err } = await cli.run('apply', 'nightly.yaml', 'broken.yaml');
    expect(code).toBe(1);
    expect(out).toContain('broken.yaml:4:1: selct: unknown field');
    expect(err).toBe('nothing was uploaded');
    expect(await cli.keys()).toEqual([]);
  });

  it("refuses a file whose name differs from its policy's", async () => {
    const cli = await empty();
    const { code } = await cli.run('apply', 'other-name.yaml');
    expect(code).toBe(1);
    expect(await cli.keys()).toEqual([]);
  });

  it('refuses two files of the same policy', async () => {
    const cli = await empty();
    const { code, err } = await cli.run('apply', 'nightly.yaml', './nightly.yaml');
    expect(code).toBe(2);
    expect(err).toContain('two files define the policy nightly');
  });

  it('prints the result with --json', async () => {
    const cli = await empty();
    const { out } = await cli.run('apply', 'nightly.yaml', '--json');
    expect(JSON.parse(out)).toEqual({
      ok: true,
      policies: [{ policy: 'nightly', result: 'created', slots: expect.anything() as object }],
    });
  });
});
