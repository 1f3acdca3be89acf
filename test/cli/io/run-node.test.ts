import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runNode } from '../../../cli/io/run-node.ts';
import { bundleTools } from '../../../packaging/bundle.ts';

it('returns the output and the exit code of a program', async () => {
  const script = 'console.log("out"); console.error("err"); process.exit(7)';

  const { code, text } = await runNode(['-e', script], { capture: true });

  expect(code).toBe(7);
  expect(text.split('\n').sort()).toEqual(['', 'err', 'out']);
});

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('passes %s on', async (signal) => {
  const folder = await mkdtemp(join(tmpdir(), 'phonevault-'));
  const source = join(import.meta.dirname, '../../../cli/io/run-node.ts');
  await bundleTools([{ in: source, out: 'run-node' }], folder);
  const inner = `process.on('${signal}', () => process.exit(5)); setInterval(() => 0, 1e3); console.log('ready')`;
  const outer = `require('./run-node.js').runNode(['-e', ${JSON.stringify(inner)}]).then(({ code }) => process.exit(code))`;

  const parent = spawn(process.execPath, ['-e', outer], { cwd: folder });
  await once(parent.stdout, 'data');
  parent.kill(signal);
  const [code] = (await once(parent, 'exit')) as [number | null];

  expect(code).toBe(5);
  await rm(folder, { recursive: true });
});
