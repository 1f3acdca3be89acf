import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NIGHTLY } from '../../../testing/night.ts';
import { cliNight } from '../support/cli-night.ts';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'phonevault-ui-'))));
afterAll(() => rmSync(folder, { recursive: true }));

async function ready() {
  const cli = await cliNight({ io: { cwd: folder } });
  await cli.night.putPolicy(NIGHTLY);
  await cli.night.settle(await cli.night.requestRun());
  return cli;
}

describe('ui', () => {
  it('writes the page into one file', async () => {
    const cli = await ready();
    const { code, out } = await cli.run('ui', '--out', 'page.html', '--no-checks', '--json');
    expect(code).toBe(0);
    const { file, bytes } = JSON.parse(out) as { file: string; bytes: number };
    const html = readFileSync(file, 'utf8');
    expect(file).toBe(join(folder, 'page.html'));
    expect(Buffer.byteLength(html)).toBe(bytes);
    expect(html).toContain('6 fresh');
  });

  it('shows several ledgers, each with the settings of its file', async () => {
    const cli = await ready();
    writeFileSync(join(folder, 'south.env'), 'PHONEVAULT_BUCKET=does-not-exist\n');
    writeFileSync(join(folder, 'north.env'), '# as the environment says\n');
    const files = ['--env-file', 'north.env', '--env-file', 'south.env'];
    const { code } = await cli.run('ui', '--out', 'two.html', '--no-checks', ...files);
    const html = readFileSync(join(folder, 'two.html'), 'utf8');
    expect(code).toBe(0);
    expect(html).toContain('6 fresh');
    expect(html).toMatch(/south: [^<]*obs:\/\/does-not-exist/);
    expect(html).toContain('This ledger cannot be read.');
  });

  it('takes what a file does not set from the profile that it names', async () => {
    const cli = await ready();
    mkdirSync(join(folder, '.phonevault'));
    const profile = '[south]\nPHONEVAULT_BUCKET = of-the-profile\nPHONEVAULT_PREFIX = also/\n';
    writeFileSync(join(folder, '.phonevault', 'config'), profile, { mode: 0o600 });
    writeFileSync(
      join(folder, 'south.env'),
      'PHONEVAULT_PROFILE=south\nPHONEVAULT_PREFIX=of-the-file/\n',
    );
    cli.io.home = folder;
    await cli.run('ui', '--out', 'south.html', '--no-checks', '--env-file', 'south.env');
    expect(readFileSync(join(folder, 'south.html'), 'utf8')).toContain(
      'obs://of-the-profile/of-the-file/',
    );
  });

  it('never mixes the keys of a file with those of the environment', async () => {
    const cli = await ready();
    const { HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK } = cli.io.env;
    const keys = `HUAWEICLOUD_SDK_AK=${HUAWEICLOUD_SDK_AK}\nHUAWEICLOUD_SDK_SK=${HUAWEICLOUD_SDK_SK}\n`;
    writeFileSync(join(folder, 'other.env'), keys);
    await cli.run('ui', '--out', 'other.html', '--no-checks', '--env-file', 'other.env');
    // Without the security token of the environment the keys are refused.
    expect(readFileSync(join(folder, 'other.html'), 'utf8')).toContain(
      'This ledger cannot be read.',
    );
  });

  it('serves the page until Ctrl-C', async () => {
    const cli = await ready();
    const running = cli.run('ui', '--port', '0');
    await expect.poll(() => cli.printed.out.at(-1)).toMatch(/^http:/);
    const response = await fetch(cli.printed.out.at(-1) ?? '');
    expect(await response.text()).toContain('6 fresh');
    cli.interrupt();
    expect((await running).code).toBe(0);
  });

  it('names a file that cannot be read or written, and a port in use', async () => {
    const cli = await ready();
    const file = await cli.run('ui', '--out', 'no/such/folder.html', '--no-checks');
    expect(file).toMatchObject({ code: 2, err: expect.stringContaining('ENOENT') as string });
    const env = await cli.run('ui', '--env-file', 'absent.env');
    expect(env).toMatchObject({ code: 2, err: expect.stringContaining('absent.env') as string });
    expect((await cli.run('ui', '--port', '70000')).code).toBe(2);
  });
});
