import { NIGHTLY } from '../../../../testing/night.ts';
import { cliNight } from '../../support/cli-night.ts';

/** Three settled nights of two phones, under retention rules. */
export async function threeNights(retention = '{ max_backups: 1 }') {
  const cli = await cliNight({ phones: 2, servers: 1 });
  await cli.night.putPolicy(`${NIGHTLY}retention: ${retention}\n`);
  for (let n = 0; n < 3; n += 1) {
    const run = await cli.night.requestRun();
    await cli.night.settle(run);
    cli.night.clock.move(3_600_000);
  }
  const json = async <T>(...argv: string[]): Promise<{ code: number; value: T }> => {
    const { code, out } = await cli.run(...argv, '--json');
    return { code, value: JSON.parse(out) as T };
  };
  const { store } = cli.night.invocation().deps;
  return { cli, json, store };
}
