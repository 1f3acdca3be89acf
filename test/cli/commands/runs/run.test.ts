import { describe, expect, it } from 'vitest';
import type { RunPhone, RunView } from '../../../../lib/run/query/schemas/run.ts';
import { withPolicy, runIdIn } from '../../support/with-runs.ts';
import { useLightS3 } from '../../../../testing/cloud/light-s3.ts';

useLightS3();

function fail(): never {
  throw new Error('no phone runs');
}

describe('run', () => {
  it('watches a run of the functions and prints its outcome', async () => {
    const cli = await withPolicy({ phones: 24, servers: 3 });

    const { code, out, err } = await cli.run('run', 'nightly');

    const runId = runIdIn(err);
    expect(code).toBe(0);
    expect(out).toContain(`Run ${runId}: completed`);
    expect(out).toMatch(/exported \((\d+)\)\n {2}game-\d+ .* … and \d+ more\n/);
    expect(out).toMatch(/skipped: stopped \(1\)\n {2}(?:game|test)-\d+\n/);
    expect(out).toContain(`Report: obs://phonevault-demo/phonevault/runs/${runId}/report.json`);
    expect(out).toContain(`exported (${cli.night.exports.length})`);
  });

  it('prints changed progress into a pipe, at most every 10 seconds', async () => {
    const cli = await withPolicy({ phones: 24, servers: 1 });
    const lines: { at: number; text: string }[] = [];
    const { err } = cli.io;
    cli.io.err = (text) => {
      err(text);
      if (text.includes(' done')) lines.push({ at: cli.io.clock.now(), text: text.slice(7) });
    };

    await cli.run('run', 'nightly');

    expect(lines.length).toBeGreaterThan(2);
    expect(lines.at(-1)?.text).toMatch(/24 of 24 done: .*\d+ exported/);
    const gaps = lines.slice(1, -1).map(({ at }, index) => at - (lines[index]?.at ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(10_000);
    expect(new Set(lines.map(({ text }) => text)).size).toBe(lines.length);
  });

  it('draws a bar on a terminal, within its width, and removes it', async () => {
    const cli = await withPolicy({
      phones: 24,
      servers: 1,
      io: { errIsTerminal: true, errColumns: 40, columns: 40 },
    });

    const { status, err, out } = await cli.run('run', 'nightly');

    const bars = status.filter((text) => /[█▓▒░]/.test(text));
    expect(bars.length).toBeGreaterThan(1);
    const plain = bars.map((text) => text.replace(/\u001b\[[\d;]*m/g, ''));
    expect(Math.max(...plain.map((text) => text.length))).toBeLessThan(40);
    expect(plain.at(-1)).toMatch(/^█+ 24\/24/);
    expect(status.at(-1)).toBe('');
    expect(err).not.toContain('done');
    const lines = out.split('\n').filter((line) => !line.includes('obs://'));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
  });

  it('returns the same run for the same token, and refuses the token for another request', async () => {
    const cli = await withPolicy();
    const [phone] = await cli.night.cloud.control.phones();

    const first = await cli.run('run', 'nightly', '--token', 'ticket-1');
    const again = await cli.run('run', 'nightly', '--token', 'ticket-1');
    const other = await cli.run(
      'run',
      'nightly',
      '--token',
      'ticket-1',
      '--phone',
      phone?.phone_id ?? '',
    );

    expect(again.out).toBe(first.out);
    expect(again.err).toContain('Requested before');
    expect(other).toMatchObject({ code: 1, out: '' });
    expect(other.err).toContain('this token was already used for another request');
  });

  it('exports only the given phones', async () => {
    const cli = await withPolicy();
    const phones = await cli.night.cloud.control.phones();
    const id = phones.find(({ status }) => status === 2)?.phone_id ?? '';

    const { code } = await cli.run('run', 'nightly', '--phone', id);

    expect(code).toBe(0);
    expect(cli.night.exports.map(({ phone_id }) => phone_id)).toEqual([id]);
  });

  it('finds phones by name, and requests nothing when one is unknown', async () => {
    const cli = await withPolicy();
    const phones = await cli.night.cloud.control.phones();
    const { phone_id: id, phone_name: name = '' } =
      phones.find(({ status }) => status === 2) ?? fail();
    const before = await cli.keys();

    const unknown = await cli.run('run', 'nightly', '--phone', name, 'game-9999');
    const deleted = await cli.run('run', 'nightly', '--phone', 'f'.repeat(32));
    expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('game-9999')]);
    expect([deleted.code, deleted.err]).toEqual([1, expect.stringContaining('CPH has no phone')]);
    expect(await cli.keys()).toEqual(before);

    expect((await cli.run('run', 'nightly', '--phone', name)).code).toBe(0);
    expect(cli.night.exports.map(({ phone_id }) => phone_id)).toEqual([id]);
  });

  it('says at once that nobody takes the run up without functions', async () => {
    const cli = await withPolicy();
    const { err } = await cli.run('run', 'nightly', '--no-wait');
    expect(err).toContain('PHONEVAULT_DRIVE_URN is not set');
    expect(err).toContain('--drive');
  });

  it('prints one object with --json, with its phones with --phones', async () => {
    const cli = await withPolicy();

    const plain = JSON.parse((await cli.run('run', 'nightly', '--json')).out) as RunView;
    const argv = ['run', 'nightly', '--json', '--phones'];
    const full = JSON.parse((await cli.run(...argv)).out) as RunView & { phones: RunPhone[] };

    expect(plain).toMatchObject({ policy: 'nightly', phase: 'settled', outcome: 'completed' });
    expect(plain).not.toHaveProperty('phones');
    expect(full.phones).toHaveLength(6);
  });

  it('only requests the run with --no-wait', async () => {
    const cli = await withPolicy();

    const { code, out } = await cli.run('run', 'nightly', '--no-wait');

    const runId = runIdIn(out);
    expect(code).toBe(0);
    expect(out).toContain(`phonevault cancel ${runId}`);
    expect(await cli.keys()).toContain(`open/${runId}.json`);
    expect(cli.night.exports).toEqual([]);
  });

  it('exits with 1 when phones were not exported, and says why', async () => {
    const cli = await withPolicy();
    const phones = await cli.night.cloud.control.phones();
    const phone = phones.find(({ status }) => status === 2);
    const fault = { service: 'cph', operation: 'batch-storage', kind: 'job_failed' } as const;
    cli.night.cloud.control.addFault({
      ...fault,
      phones: [phone?.phone_id ?? ''],
      code: 'CPS.0004',
    });

    const { code, out } = await cli.run('run', 'nightly');

    expect(code).toBe(1);
    expect(out).toContain(': partial');
    expect(out).toMatch(new RegExp(`failed: .*\\(1\\)\\n {2}${phone?.phone_name ?? '?'}\\n`));
  });
});

describe('run --drive', () => {
  it.each([
    {
      argv: ['nightly', '--drive'],
      env: { PHONEVAULT_TOPIC_URN: '' },
      code: 1,
      says: 'PHONEVAULT_TOPIC_URN',
    },
    { argv: ['nightly', '--drive', '--no-wait'], env: {}, code: 2, says: '--no-wait' },
    { argv: ['nightli'], env: {}, code: 1, says: 'did you mean nightly?' },
    { argv: ['nightly', '--token', 'a b'], env: {}, code: 2, says: 'visible ASCII' },
  ])('asks for nothing when it cannot: run $argv', async ({ argv, env, code, says }) => {
    const cli = await withPolicy({ env });

    const result = await cli.run('run', ...argv);

    expect(result).toMatchObject({ code, out: '' });
    expect(result.err).toContain(says);
    expect((await cli.keys()).filter((key) => key.startsWith('open/'))).toEqual([]);
  });
});
