import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const out = join(root, 'dist');

/** Bundles each handler into one CommonJS file that a function runs as it is. */
async function main(): Promise<void> {
  const handlers = (await readdir(join(root, 'handlers'))).filter((file) => file.endsWith('.ts'));
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  await build({
    entryPoints: handlers.map((file) => ({
      in: join(root, 'handlers', file),
      out: basename(file, '.ts'),
    })),
    outdir: out,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node18',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    // The SDK's remark on future Node versions is for whoever updates it, not for every cold start's log.
    define: { 'process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED': '"true"' },
    logLevel: 'warning',
  });
  // The project's own files are ES modules; these are not.
  await writeFile(join(out, 'package.json'), '{ "type": "commonjs" }\n');
}

await main();
