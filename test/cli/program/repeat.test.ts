import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import { repeatable } from '../../../cli/program/repeat.ts';
import { fakeIo } from '../support/fake-io.ts';

function counted(failAt = Infinity) {
  let now = 0;
  const clock = { now: () => now, sleep: async (ms: number) => void (now += ms) };
  const cli = fakeIo({ outIsTerminal: true, clock });
  let runs = 0;
  const command = repeatable({
    name: 'count',
    summary: 'count',
    examples: [],
    async run(_call, io) {
      runs += 1;
      if (runs === failAt) throw new PhonevaultError('unreachable', 'gone');
      if (runs === 3) cli.interrupt();
      io.out(`${runs}`);
      return 0;
    },
  });
  const run = (watch?: number) =>
    command.run({ args: [], options: watch === undefined ? {} : { watch }, json: false }, cli.io);
  return { cli, run };
}

describe('--watch', () => {
  it('prints again after each pause until Ctrl-C, each result in place of the last', async () => {
    const { cli, run } = counted();
    const begun = cli.io.clock.now();
    expect(await run(7)).toBe(130);
    expect(cli.printed.out).toEqual(['3']);
    expect(cli.io.clock.now() - begun).toBeGreaterThanOrEqual(14_000);
    expect(cli.interrupt()).toBe(false);
  });

  it('ends with a failure', async () => {
    const { cli, run } = counted(2);
    await expect(run(7)).rejects.toMatchObject({ code: 'unreachable' });
    expect(cli.interrupt()).toBe(false);
  });

  it('runs once without it', async () => {
    const { cli, run } = counted();
    expect(await run()).toBe(0);
    expect(cli.printed.out).toEqual(['1']);
  });
});
