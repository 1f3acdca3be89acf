import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { writeReadyFile } from '../../local/ready-file.ts';

const CLOUD = { topicUrn: 'urn:t', user: { name: 'robot', password: 'drawn' } };
const FREE = 'http://127.0.0.1:9';

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ready-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'ready.json');
}

async function write(file: string, cph = 'http://127.0.0.1:1') {
  const result = await writeReadyFile(file, CLOUD, JSON.stringify({ ready: true, cph }));
  return { file, ...result, remove: result.kind === 'written' ? result.remove : () => undefined };
}

/** The URL of a server, as of a cloud that runs. */
async function running(): Promise<string> {
  const server = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('writes a file that only its owner can read, with the values for a deployment', async () => {
  const { file, remove } = await write(join(newFile(), 'a', 'ready.json'));
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    ready: true,
    cph: 'http://127.0.0.1:1',
    obsPathStyle: 'true',
    operatorsTopicUrn: 'urn:t-operators',
    apiGroup: 'phonevault',
    user: 'robot',
    password: 'drawn',
    pid: process.pid,
  });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  remove();
  expect(existsSync(file)).toBe(false);
  expect(remove).not.toThrow();
});

it('neither takes nor removes the file of a cloud that runs', async () => {
  const first = await write(newFile(), await running());
  const text = readFileSync(first.file, 'utf8');
  const second = await write(first.file, FREE);
  expect(second).toMatchObject({ kind: 'taken', by: `process ${process.pid}` });
  second.remove();
  expect(readFileSync(first.file, 'utf8')).toBe(text);
});

it.each([
  ['whose process ended', { pid: 2 ** 30, cph: FREE }],
  ['whose number another process has', { pid: process.pid, cph: FREE }],
  ['whose port this cloud now has', { pid: process.pid, cph: 'http://127.0.0.1:1' }],
])('takes the file of a cloud %s', async (_, owner) => {
  const file = newFile();
  writeFileSync(file, JSON.stringify(owner), { mode: 0o644 });
  expect(await write(file)).toMatchObject({ kind: 'written' });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ cph: 'http://127.0.0.1:1' });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it('leaves a file that is perhaps just being written', async () => {
  const file = newFile();
  writeFileSync(file, '{"ready":');
  expect(await write(file)).toMatchObject({ kind: 'taken' });
  expect(readFileSync(file, 'utf8')).toBe('{"ready":');
});

it('keeps a file that another cloud has overwritten', async () => {
  const { file, remove } = await write(newFile());
  writeFileSync(file, 'other');
  remove();
  expect(readFileSync(file, 'utf8')).toBe('other');
});
