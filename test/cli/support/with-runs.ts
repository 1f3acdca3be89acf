import { NIGHTLY } from '../../../testing/night.ts';
import { type CliNight, cliNight } from './cli-night.ts';

const HOUR = 3_600_000;

/** The command line, with a policy in the bucket. */
export async function withPolicy(options: Parameters<typeof cliNight>[0] = {}): Promise<CliNight> {
  const cli = await cliNight(options);
  await cli.night.putPolicy(NIGHTLY);
  return cli;
}

/** A policy with a run that has settled 20 hours ago, and one that is open. */
export async function withRuns(options: Parameters<typeof cliNight>[0] = {}) {
  const cli = await withPolicy(options);
  const settled = await cli.night.requestRun();
  await cli.night.settle(settled);
  cli.night.clock.move(20 * HOUR);
  const open = await cli.night.requestRun();
  return { cli, settled, open };
}

/** Returns the first run id in a text, '' without one. */
export const runIdIn = (text: string): string => /nightly-[0-9a-f]{24}/.exec(text)?.[0] ?? '';
