import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build, type BuildOptions } from 'esbuild';

type Entry = { in: string; out: string };

const common = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  mainFields: ['module', 'main'],
  legalComments: 'none',
  // The SDK's remark on future Node versions is for whoever updates it, not for every cold start's log.
  define: { 'process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED': '"true"' },
  logLevel: 'warning',
  metafile: true,
} satisfies BuildOptions;

/** Bundles each handler into one CommonJS file that a function runs as it is. Returns the files that went in. */
export async function bundleHandlers(entryPoints: Entry[], outdir: string): Promise<string[]> {
  const { metafile } = await build({
    ...common,
    entryPoints,
    outdir,
    target: 'node18',
    minify: true,
  });
  return Object.keys(metafile.inputs).map((file) => resolve(file));
}

/**
 * Bundles what people run: files that need nothing installed. Names stay readable in a stack; the first entry is
 * executable. Returns the files that went in.
 */
export async function bundleTools(entryPoints: Entry[], outdir: string): Promise<string[]> {
  const { metafile } = await build({
    ...common,
    entryPoints,
    outdir,
    target: 'node20',
    minifySyntax: true,
    minifyWhitespace: true,
    define: { ...common.define, 'import.meta.dirname': '__dirname' },
  });
  const [first] = entryPoints;
  if (first !== undefined) await makeExecutable(join(outdir, `${first.out}.js`));
  return Object.keys(metafile.inputs).map((file) => resolve(file));
}

async function makeExecutable(file: string): Promise<void> {
  await writeFile(file, `#!/usr/bin/env node\n${await readFile(file, 'utf8')}`);
  await chmod(file, 0o755);
}
