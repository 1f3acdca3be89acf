import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';

// `.ci/run` runs the whole demo.

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'phonevault-demo-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(data: string, onOutput: (text: string, stop: () => void) => void) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'demo/main.ts', data], { cwd: root });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      onOutput(text, () => child.kill('SIGINT'));
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text };
}

it.concurrent('exits with 130 after Ctrl-C', async () => {
  const { code, text } = await run(join(folder, 'data'), (printed, stop) => {
    if (printed.includes('phonevault apply')) stop();
  });

  expect(text.trimEnd()).toMatch(/\nInterrupted\.$/);
  expect(code).toBe(130);
});

it.concurrent('exits with 1 and says why when it cannot start', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const { code, text } = await run(file, () => undefined);

  expect(text).toContain('The demo failed: EEXIST: file already exists');
  expect(code).toBe(1);
});
