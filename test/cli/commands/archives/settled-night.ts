import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchiveView } from '../../../../lib/run/query/schemas/archive.ts';
import { NIGHTLY } from '../../../../testing/night.ts';
import { type CliNight, cliNight } from '../../support/cli-night.ts';

/** A settled night of three phones, and an empty folder. */
export async function settledNight() {
  const cli = await cliNight({ phones: 3 });
  await cli.night.putPolicy(NIGHTLY);
  const run = await cli.night.requestRun();
  await cli.night.settle(run);
  const folder = await mkdtemp(join(tmpdir(), 'phonevault-read-'));
  return { cli, run, folder };
}

/** Runs a command of `archives` and returns its JSON. */
export const json = async <T>(cli: CliNight, ...argv: string[]): Promise<T> =>
  JSON.parse((await cli.run('archives', ...argv, '--json')).out) as T;

/** Returns the newest archive of game-0001. */
export async function newest(cli: CliNight): Promise<ArchiveView> {
  const [archive] = await json<ArchiveView[]>(cli, 'game-0001');
  if (archive === undefined) throw new Error('no archive');
  return archive;
}

type Change = (cli: CliNight, archive: ArchiveView) => Promise<unknown>;

/** What may have become of an archive since it was verified, and the result of reading it. */
export const changes: [result: string, change: Change][] = [
  [
    'changed',
    (cli, a) =>
      cli.night.cloud.backend.write(a.bucket, a.key, new Uint8Array(a.size), { lastModified: 0 }),
  ],
  ['missing', (cli, a) => cli.night.cloud.backend.remove(a.bucket, a.key)],
];
