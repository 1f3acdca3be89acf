import { describe, expect, it } from 'vitest';
import { TransportError } from '../../../lib/cloud/request/send.ts';
import { withPolicy, runIdIn } from '../support/with-runs.ts';
import { useLightS3 } from '../../../testing/cloud/light-s3.ts';

useLightS3();

const MINUTE = 60_000;
const idle = async (): Promise<void> => undefined;

describe('watching a run', () => {
  it('ends when the run is quarantined, and prints the reason', async () => {
    const cli = await withPolicy();
    const { store } = cli.night.invocation().deps;
    cli.whileWaiting = async () => {
      const key = (await cli.keys()).find((one) => one.startsWith('open/')) ?? '';
      await store.put(key, '{"version": 99}');
    };

    const { code, out } = await cli.run('run', 'nightly');

    expect(code).toBe(1);
    expect(out).toMatch(/^Run nightly-\w+: quarantined\n.* has version 99.* \(object_newer\)$/m);
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
    const cli = await withPolicy({ timings: { exportBase: 7 * MINUTE } });
    const started = cli.io.clock.now();

    const { code, err } = await cli.run('run', 'nightly');

    expect(code).toBe(0);
    expect(cli.io.clock.now() - started).toBeGreaterThan(7 * MINUTE);
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
