import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { build } from 'esbuild';
import { bundleHandlers } from '../packaging/bundle.ts';
import { type HandlerName, HANDLERS } from '../testing/functions.ts';
import { median, record } from './results.ts';

const root = join(import.meta.dirname, '..');
const BUILDS = ['built', 'plain'] as const;
type Build = (typeof BUILDS)[number];

/** Prints the milliseconds inside `require`. */
const LOAD =
  'const t = performance.now(); require(process.argv[1]); console.log(performance.now() - t)';

/**
 * Loads each built handler in new processes, in turn with a plain build of the same source: esbuild with nothing but
 * `--bundle --platform=node --target=node18`. Prints sizes and load times, and records them in `bench/results.json`.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '21' },
      node: { type: 'string', default: process.execPath },
    },
  });
  const folder = await mkdtemp(join(tmpdir(), 'cold-start-'));
  const fileOf = (name: HandlerName, how: Build): string => join(folder, how, `${name}.js`);
  try {
    await buildBoth(folder);
    const times = await loadInTurn(Number(values.rounds), values.node, fileOf);
    console.log(
      'handler       kB  plain kB  ratio  load ms (min-max)    plain ms (min-max)   ratio',
    );
    const rows = [];
    for (const name of HANDLERS) {
      const [own, plain] = [times.get(fileOf(name, 'built')), times.get(fileOf(name, 'plain'))];
      const row = {
        handler: name,
        kb: await kilobytes(fileOf(name, 'built')),
        load_ms: median(own ?? []),
        plain_kb: await kilobytes(fileOf(name, 'plain')),
        plain_load_ms: median(plain ?? []),
      };
      rows.push({ ...row, load_ms: round(row.load_ms), plain_load_ms: round(row.plain_load_ms) });
      const cells = [
        name.padEnd(8),
        String(row.kb).padStart(8),
        String(row.plain_kb).padStart(9),
        (row.kb / row.plain_kb).toFixed(2).padStart(6),
        `  ${spread(own ?? [])}`.padEnd(21),
        spread(plain ?? []).padEnd(20),
        (row.load_ms / row.plain_load_ms).toFixed(2),
      ];
      console.log(cells.join(' '));
    }
    await record({ cold_start: rows });
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function buildBoth(folder: string): Promise<void> {
  const entries = HANDLERS.map((name) => ({ in: join(root, 'handlers', `${name}.ts`), out: name }));
  await bundleHandlers(entries, join(folder, 'built'));
  await build({
    ...{ bundle: true, platform: 'node', target: 'node18', logLevel: 'error' },
    entryPoints: entries,
    outdir: join(folder, 'plain'),
  });
}

/** The first round only fills the file cache. */
async function loadInTurn(
  rounds: number,
  node: string,
  fileOf: (name: HandlerName, how: Build) => string,
): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>();
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of HANDLERS) {
      for (const file of BUILDS.map((how) => fileOf(name, how))) {
        const env = { PATH: process.env.PATH };
        const { stdout } = await promisify(execFile)(node, ['-e', LOAD, file], { env });
        if (round > 0) times.set(file, [...(times.get(file) ?? []), Number(stdout)]);
      }
    }
  }
  return times;
}

const kilobytes = async (file: string): Promise<number> =>
  Math.round((await stat(file)).size / 1000);

const round = (ms: number): number => Math.round(ms * 10) / 10;

const spread = (times: number[]): string =>
  `${median(times).toFixed(1)} (${Math.min(...times).toFixed(1)}-${Math.max(...times).toFixed(1)})`;

await main();
