import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleTools } from '../../packaging/bundle.ts';

const ENV = { PATH: process.env.PATH };
let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phonevault-'));
  file = join(folder, 'dist', 'phonevault.js');
  const main = join(import.meta.dirname, '../../cli/main.ts');
  await bundleTools([{ in: main, out: 'phonevault' }], join(folder, 'dist'));
  await writeFile(join(folder, 'package.json'), '{ "version": "1.2.3" }');
});
afterAll(() => rm(folder, { recursive: true }));

const exitOf = async (child: ChildProcess) => ((await once(child, 'exit')) as [number | null])[0];

it('is one executable file that needs nothing installed', async () => {
  const { stdout, stderr } = await promisify(execFile)(file, ['--version'], {
    cwd: tmpdir(),
    env: ENV,
  });

  expect([stdout, stderr]).toEqual(['1.2.3\n', '']);
  expect((await stat(file)).mode & 0o111).toBe(0o111);
});

it('flushes long output into a pipe before it exits', async () => {
  const source = Array.from({ length: 2_000 }, (_, line) => `field${line}: 1`).join('\n');
  const child = spawn(file, ['validate', '-', '--json'], { env: ENV });
  child.stdin.end(source);
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);

  const { files } = JSON.parse(Buffer.concat(chunks).toString()) as {
    files: { errors: unknown[] }[];
  };

  expect(files[0]?.errors).toHaveLength(200);
});

it('exits quietly when the reader closes the pipe', async () => {
  const child = spawn(file, ['completion', 'bash'], { env: ENV });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  child.stdout.destroy();

  expect(await exitOf(child)).toBe(0);
  expect(errors).toBe('');
});

it('returns its exit code to the shell', async () => {
  expect(await exitOf(spawn(file, ['frob'], { env: ENV }))).toBe(2);
  expect(await exitOf(spawn(file, ['validate', 'absent.yaml'], { env: ENV }))).toBe(1);
});
