import { describe, expect, it } from 'vitest';
import { withPolicy } from '../support/with-runs.ts';

const idle = async (): Promise<void> => undefined;

describe('driving from the command line', () => {
  it('works without functions, and sends the notification', async () => {
    const cli = await withPolicy();
    cli.whileWaiting = idle;

    const { code, out } = await cli.run('run', 'nightly', '--drive');

    expect(code).toBe(0);
    expect(out).toContain(': completed');
    expect(await cli.night.cloud.control.messages()).toHaveLength(1);
    expect((await cli.keys()).filter((key) => key.startsWith('open/'))).toEqual([]);
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
});
