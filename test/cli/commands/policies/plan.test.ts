import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Preview } from '../../../../lib/run/query/schemas/preview.ts';
import { NIGHTLY } from '../../../../testing/night.ts';
import { cliNight, denyGet } from '../../support/cli-night.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'phonevault-plan-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

describe('plan', () => {
  it('shows what a run would do, and writes nothing', async () => {
    const cli = await cliNight({ phones: 60, servers: 3 });
    await cli.night.putPolicy(NIGHTLY);
    const before = await cli.keys();

    const { code, out } = await cli.run('plan', 'nightly');

    expect(code).toBe(0);
    expect(out).toContain('nightly: a run would export 57 phones of 60');
    expect(out).toContain('/data/data/com.example.cache');
    expect(out).toContain('obs://phonevault-demo/nightly/20260102/nightly-20260101t183000z/');
    expect(out).toMatch(/calls +6; at most 10 phones a call/);
    expect(out).toMatch(/Skipped \(3\)\n.*\n.*(stopped|frozen|abnormal)/);
    expect(await cli.keys()).toEqual(before);
    expect(cli.night.exports).toEqual([]);
  });

  it('plans without the costs of a run whose report OBS does not return, and names it', async () => {
    const cli = await cliNight({ phones: 6, servers: 2 });
    await cli.night.putPolicy(NIGHTLY);
    const runId = await cli.night.requestRun();
    await cli.night.settle(runId);
    denyGet(cli, `/runs/${runId}/report.json`);
    const { code, out } = await cli.run('plan', 'nightly');
    const json = await cli.run('plan', 'nightly', '--json');
    expect(code).toBe(0);
    expect(out).toMatch(/warning: runs\/.*\/report.json cannot be read: .*00A1.* Grant/);
    expect(out).not.toContain('costs');
    expect(JSON.parse(json.out)).toMatchObject({
      unreadable: [{ key: `runs/${runId}/report.json`, code: 'object_unreadable' }],
    });
  });

  it('says which policy file OBS does not return, and what to do', async () => {
    const cli = await cliNight();
    await cli.night.putPolicy(NIGHTLY);
    denyGet(cli, '/policies/nightly.yaml');
    const { code, out } = await cli.run('plan', 'nightly', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      error: {
        code: 'object_unreadable',
        message: expect.stringMatching(/^policies\/nightly.yaml cannot be read: .*00A1/) as string,
        hint: expect.stringContaining('KMS key') as string,
      },
    });
  });

  it('plans only the given phones', async () => {
    const cli = await cliNight();
    await cli.night.putPolicy(NIGHTLY);
    const [first, second] = await cli.night.cloud.control.phones();
    const ids = [first?.phone_id ?? '', second?.phone_id ?? ''];

    const argv = ['--phone', first?.phone_name ?? '', '--phone', ids[1] ?? ''];
    const { out } = await cli.run('plan', 'nightly', ...argv, '--json');

    const { phones } = JSON.parse(out) as Preview;
    expect(phones.map(({ phone_id }) => phone_id).sort()).toEqual(ids.sort());
  });

  it('plans a local file that is not in the bucket', async () => {
    const cwd = await folderWith({ 'nightly.yaml': NIGHTLY });
    const cli = await cliNight({ io: { cwd } });

    const { code, out } = await cli.run('plan', 'nightly.yaml');

    expect(code).toBe(0);
    expect(out).toContain('nightly: a run would export');
    expect((await cli.keys()).filter((key) => key.startsWith('policies/'))).toEqual([]);
  });

  it('exits with 1 when the run would fail before it starts', async () => {
    const cli = await cliNight();
    await cli.night.putPolicy(NIGHTLY.replace('name: "*" }', 'name: "*", max_phones: 2 }'));

    const text = await cli.run('plan', 'nightly');
    const json = await cli.run('plan', 'nightly', '--json');

    expect(text.code).toBe(1);
    expect(text.out).toContain('would fail before it starts');
    expect(text.out).toContain(
      'too_many_phones: the policy selects 6 phones, more than max_phones (2)',
    );
    expect(json.code).toBe(1);
    expect((JSON.parse(json.out) as Preview).failure?.code).toBe('too_many_phones');
  });

  it('exits with 1 when the selection fits no phone, and says of how many', async () => {
    const cli = await cliNight();
    await cli.night.putPolicy(NIGHTLY.replace('name: "*"', 'name: “game-*”'));

    const { code, out } = await cli.run('plan', 'nightly');

    expect(code).toBe(1);
    expect(out).toContain('nightly: the selection fits none of 6 phones');
    expect(out).toContain('warning: select.name: “ is part of the pattern');
  });

  it("shows the next slots in the policy's zone", async () => {
    const cli = await cliNight();
    await cli.night.putPolicy(NIGHTLY);
    const { out } = await cli.run('plan', 'nightly');
    const json = JSON.parse((await cli.run('plan', 'nightly', '--json')).out) as Preview;
    expect(out).toMatch(/slots +2026-01-03 02:30, .* Asia\/Shanghai; 1 a day/);
    expect(json.slots?.next).toHaveLength(5);
  });

  it.each([
    { argv: ['nightli'], code: 1, says: 'did you mean nightly?' },
    { argv: ['else'], code: 1, says: 'phonevault status' },
    { argv: ['gone.yaml'], code: 1, says: 'gone.yaml does not exist' },
    { argv: ['broken.yaml'], code: 1, says: 'is invalid' },
    { argv: ['../x'], code: 2, says: 'not the name of a policy' },
    { argv: ['nightly', '--phone', 'a\n'], code: 2, says: 'neither the id nor the name' },
    { argv: ['nightly', '--phone', 'game-9'], code: 1, says: 'no phone has the id or the name' },
    { argv: [], code: 2, says: 'policy' },
  ])('says what is wrong: plan $argv', async ({ argv, code, says }) => {
    const cwd = await folderWith({ 'broken.yaml': 'name: broken\n' });
    const cli = await cliNight({ io: { cwd } });
    await cli.night.putPolicy(NIGHTLY);

    const result = await cli.run('plan', ...argv);

    expect(result).toMatchObject({ code, out: '' });
    expect(result.err).toContain(says);
  });
});
