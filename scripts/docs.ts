import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generatedFiles } from './docs/generated.ts';

// The SDK's remark on future Node versions is for whoever updates it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const root = join(import.meta.dirname, '..');

/** Writes the generated pages of docs/; with --check only tells which are stale, and fails when one is. */
async function main(check: boolean): Promise<number> {
  const stale: string[] = [];
  for (const { path, text } of await generatedFiles()) {
    const file = join(root, path);
    const statusOf = await readFile(file, 'utf8').catch(() => undefined);
    if (statusOf === text) continue;
    stale.push(path);
    if (!check) await writeFile(file, text);
  }
  for (const path of stale) console.log(check ? `${path} is stale: npm run docs` : `wrote ${path}`);
  return check && stale.length > 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.includes('--check'));
