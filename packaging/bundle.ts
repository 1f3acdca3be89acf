import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build, type BuildOptions, type Metafile } from 'esbuild';
import { withoutDeprecated } from './deprecated.ts';
import { lean } from './lean/lean.ts';

type Entry = { in: string; out: string };

const common = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  mainFields: ['module', 'main'],
  legalComments: 'none',
  plugins: [withoutDeprecated],
  // The SDK's warning about future Node.js versions is for maintainers, not for the log of every cold start.
  define: { 'process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED': '"true"' },
  logLevel: 'warning',
  metafile: true,
} satisfies BuildOptions;

/**
 * Bundles each handler into one CommonJS file, as FunctionGraph runs it, without what handlers never call. Returns the bundled
 * source files.
 */
export async function bundleHandlers(entryPoints: Entry[], outdir: string): Promise<string[]> {
  const inputs = await Promise.all(
    entryPoints.map(async (entry) => {
      const { metafile } = await build({
        ...common,
        plugins: [lean({ jsonSchema: entry.out === 'http' }), ...common.plugins],
        entryPoints: [entry],
        outdir,
        target: 'node18',
        minify: true,
      });
      return filesIn(metafile);
    }),
  );
  return [...new Set(inputs.flat())];
}

/** Returns the files of which something is in the bundles. */
function filesIn({ outputs }: Metafile): string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const bundled = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return [...new Set(bundled.map(([file]) => resolve(file)))];
}

/**
 * Bundles programs that need no installed packages. Names stay readable in stack traces; the first program becomes
 * executable. Returns the bundled source files.
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
  return filesIn(metafile);
}

async function makeExecutable(file: string): Promise<void> {
  await writeFile(file, `#!/usr/bin/env node\n${await readFile(file, 'utf8')}`);
  await chmod(file, 0o755);
}
