import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Parts } from './io.ts';

/**
 * Finds the parts of this program from the folder of its entry module: `dist/` in a package, `cli/` in a checkout, where
 * the embedded cloud starts from its source.
 */
export function partsFrom(folder: string): Parts {
  const root = join(folder, '..');
  const description = join(root, 'package.json');
  const { version } = JSON.parse(readFileSync(description, 'utf8')) as { version: string };
  const dist = join(root, 'dist');
  const worker = join(dist, 'invoke-worker.js');
  if (!existsSync(join(folder, 'main.ts'))) {
    return { version, dist, worker, local: [join(dist, 'local.js')] };
  }
  const tsx = pathToFileURL(createRequire(description).resolve('tsx')).href;
  return { version, dist, worker, local: ['--import', tsx, join(root, 'local', 'main.ts')] };
}
