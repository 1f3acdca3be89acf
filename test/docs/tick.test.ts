import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { readPage, root } from './pages.ts';

const [script] = readPage('docs/local.md').blocks.filter(
  ({ language, text }) => language === 'js' && text.includes('process.argv'),
);

/** A checkout with the two functions built, in a folder of its own. */
async function checkout(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tick-'));
  await build({
    entryPoints: ['schedule', 'drive'].map((name) => join(root, `handlers/${name}.ts`)),
    outdir: join(folder, 'dist'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node18',
    mainFields: ['module', 'main'],
    logLevel: 'silent',
  });
  await writeFile(join(folder, 'dist/package.json'), '{ "type": "commonjs" }');
  for (const name of ['node_modules', 'examples']) {
    await symlink(join(root, name), join(folder, name));
  }
  await mkdir(join(folder, '.phonevault'));
  await writeFile(join(folder, 'tick.mjs'), script?.text ?? '');
  return folder;
}

it.runIf(script)('runs the script of the page: two timers, and a run is settled', async () => {
  const folder = await checkout();
  const options = ['--speed', '200', '--phones', '6', '--conditional-put', 'honoured'];
  const cloud = spawn(process.execPath, ['--import', 'tsx', 'local/main.ts', ...options], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const [ready] = (await once(createInterface({ input: cloud.stdout }), 'line')) as [string];
    await writeFile(join(folder, '.phonevault/ready.json'), ready);
    const args = ['tick.mjs', 'examples/nightly.yaml'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
    expect(stdout).toMatch(/\{ requested: \[ 'nightly-\d{8}t\d{6}z' \] \}/);
    expect(stdout).toMatch(/"event":"settled"/);
    expect(stdout.trim()).toMatch(/\{ kind: 'drove', open: 0 \}$/);
  } finally {
    cloud.kill('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  }
});
