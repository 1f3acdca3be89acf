import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { bundleHandlers, bundleTools } from '../packaging/bundle.ts';
import { licencesText } from '../packaging/notices.ts';

const root = join(import.meta.dirname, '..');
const out = join(root, 'dist');

/** Builds `dist/`: the handlers, the command line, the embedded cloud, and the licences of the bundled packages. */
async function main(): Promise<void> {
  const files = (await readdir(join(root, 'handlers'))).filter((file) => file.endsWith('.ts'));
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const inputs = await Promise.all([
    bundleHandlers(
      files.map((file) => ({ in: join(root, 'handlers', file), out: basename(file, '.ts') })),
      out,
    ),
    bundleTools(
      [
        { in: join(root, 'cli', 'main.ts'), out: 'phonevault' },
        { in: join(root, 'cli', 'invoke', 'worker.ts'), out: 'invoke-worker' },
        { in: join(root, 'local', 'main.ts'), out: 'local' },
        {
          in: join(root, 'local', 'functiongraph', 'instance', 'main.cjs'),
          out: 'function-instance',
        },
      ],
      out,
    ),
  ]);
  // The package is of type `module`; these files are CommonJS.
  await writeFile(join(out, 'package.json'), '{ "type": "commonjs" }\n');
  await writeFile(join(out, 'THIRD-PARTY-LICENSES.txt'), await licencesText(inputs.flat()));
}

await main();
