import { describe, expect, it } from 'vitest';
import { TransportError } from '../../../lib/cloud/request/send.ts';
import type { RunPhone, RunView } from '../../../lib/run/query/schemas.ts';
import { NIGHTLY } from '../../../testing/night.ts';
import { type CliNight, cliNight } from '../support/cli-night.ts';

const MINUTE = 60_000;
const idle = async (): Promise<void> => undefined;

async function withPolicy(options: Parameters<typeof cliNight>[0] = {}): Promise<CliNight> {
  const cli = await cliNight(options);
  await cli.night.putPolicy(NIGHTLY);
  return cli;
}

const runIdIn = (text: string): string => /nightly-[0-9a-f]{24}/.exec(text)?.[0] ?? '';

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

  it('ends when the run is quarantined, and prints the reason', async () => {
    const cli = await withPolicy();
    const { store } = cli.night.invocation().deps;
    cli.whileWaiting = async () => {
      const key = (await cli.keys()).find((one) => one.startsWith('open/')) ?? '';
      await store.put(key, '{"version": 99}');
    };

    const { code, out } = await cli.run('run', 'nightly');

    expect(code).toBe(1);
    expect(out).toMatch(/^Run nightly-\w+: quarantined\nobject_newer: /);
  });

  it('goes on watching when an object cannot be read for a moment', async () => {
    const cli = await withPolicy();
    const { send } = cli.io;
    let failures = 0;
    cli.io.send = async (request) => {
      const isWatched = cli.printed.err.some((line) => line.startsWith('Requested'));
      const isRequest = request.method === 'GET' && /\/open\/[\w-]+\.json/.test(request.url);
      if (!isWatched || !isRequest || failures >= 3) return send(request);
      failures += 1;
      const text = '<Error><Code>InternalError</Code><Message>broken</Message></Error>';
      return { status: 500, headers: {}, body: new TextEncoder().encode(text) };
    };

    const { code, out } = await cli.run('run', 'nightly');

    expect([code, failures]).toEqual([0, 3]);
    expect(out).toContain(': completed');
  });

  it('leaves the run open after Ctrl-C, and prints how to show and cancel it', async () => {
    const cli = await withPolicy();
    cli.whileWaiting = async () => void cli.interrupt();

    const { code, out, err } = await cli.run('run', 'nightly');

    const runId = runIdIn(err);
    expect(code).toBe(130);
    expect(out).toBe('');
    expect(err).toContain('The run continues.');
    expect(err).toContain(`phonevault runs show ${runId}`);
    expect(err).toContain(`phonevault cancel ${runId}`);
    expect(await cli.keys()).toContain(`open/${runId}.json`);
    expect(cli.interrupt()).toBe(false);
  });

  it('says once that no drive seems to run, and how to drive this run', async () => {
    const cli = await withPolicy();
    const end = cli.io.clock.now() + 7 * MINUTE;
    cli.whileWaiting = async () => void (cli.io.clock.now() > end && cli.interrupt());

    const { err } = await cli.run('run', 'nightly');

    expect(err.match(/no drive seems to run/g)).toHaveLength(1);
    const again = /run nightly --token \S+ --drive/.exec(err)?.[0] ?? '';
    cli.whileWaiting = idle;
    const next = await cli.run(...again.split(' '));
    expect(next.out).toContain(`Run ${runIdIn(err)}: completed`);
  });

  it('does not say so while drives wait for exports', async () => {
    const cli = await withPolicy({ timings: { exportBase: 10 * MINUTE } });
    const started = cli.io.clock.now();

    const { code, err } = await cli.run('run', 'nightly');

    expect(code).toBe(0);
    expect(cli.io.clock.now() - started).toBeGreaterThan(10 * MINUTE);
    expect(err).not.toContain('no drive seems to run');
  });

  it.each([
    { cuts: 12, code: 0, says: 'done' },
    { cuts: Infinity, code: 1, says: 'stays requested: phonevault runs show nightly-' },
  ])('takes $cuts cut connections in a row as they come', async ({ cuts, code, says }) => {
    const cli = await withPolicy();
    const { send } = cli.io;
    let left = 0;
    cli.io.send = async (request) => {
      if (--left >= 0) throw new TransportError('cut', true);
      return send(request);
    };
    const drive = cli.whileWaiting;
    cli.whileWaiting = async () => {
      left = cuts;
      cli.whileWaiting = drive;
    };

    const result = await cli.run('run', 'nightly');

    expect(result.code).toBe(code);
    expect(result.err).toContain(says);
  });
});

describe('run --drive', () => {
  it('works without functions, and sends the notification', async () => {
    const cli = await withPolicy();
    cli.whileWaiting = idle;

    const { code, out } = await cli.run('run', 'nightly', '--drive');

    expect(code).toBe(0);
    expect(out).toContain(': completed');
    expect(await cli.night.cloud.control.messages()).toHaveLength(1);
    expect((await cli.keys()).filter((key) => key.startsWith('open/'))).toEqual([]);
  });

  it('finishes its step after Ctrl-C, releases the lease and says how to continue', async () => {
    const cli = await withPolicy();
    let waits = 0;
    cli.whileWaiting = async () => void (++waits === 10 && cli.interrupt());

    const { code, err } = await cli.run('run', 'nightly', '--drive');

    expect(code).toBe(130);
    expect(err).toContain('If no function drives it');
    const { drive, settle } = cli.night;
    expect((await drive()).kind).toBe('worked');
    const { report } = await settle(runIdIn(err));
    expect(report.outcome).toBe('completed');
    const sent = cli.night.exports.map(({ phone_id }) => phone_id);
    expect(new Set(sent).size).toBe(sent.length);
  });

  it('waits while another drive holds the lease', async () => {
    const cli = await withPolicy();
    await cli.run('run', 'nightly', '--token', 'x', '--no-wait');
    const held = await cli.night.driveHeld(12);
    cli.whileWaiting = async () => void (await held?.release());

    const { code, err } = await cli.run('run', 'nightly', '--token', 'x', '--drive');

    expect(code).toBe(0);
    expect(err).toContain('Another drive holds the lease');
  });

  it('reports what stops every drive, and that the run stays open', async () => {
    const cli = await withPolicy();
    const refused = { kind: 'error', status: 401, code: 'APIGW.0301' } as const;
    for (const operation of ['list-phones', 'list-servers']) {
      cli.night.cloud.control.addFault({ service: 'cph', operation, ...refused });
    }
    cli.whileWaiting = idle;

    const { code, err } = await cli.run('run', 'nightly', '--drive');

    expect(code).toBe(1);
    expect(err).toContain('error: ');
    expect(err).toMatch(/Run nightly-\w+ stays requested/);
  });

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
