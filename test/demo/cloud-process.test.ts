import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startCloud } from '../../demo/cloud-process.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'phonevault-demo-'));
const logFile = join(folder, 'cloud.log');
const log = openSync(logFile, 'w');
afterAll(() => {
  closeSync(log);
  rmSync(folder, { recursive: true });
});

it.concurrent('starts the cloud and stops it', async () => {
  const cloud = startCloud(root, ['--phones', '1', '--servers', '1'], log);
  const { cph } = await cloud.ready;
  expect((await fetch(`${cph}/_local/phones`)).status).toBe(200);

  await cloud.stop();

  await expect(fetch(`${cph}/_local/phones`)).rejects.toThrow();
  await cloud.stop();
});

it.concurrent('fails when the cloud exits before it is ready, and keeps what it printed', async () => {
  const cloud = startCloud(root, ['--phones', 'many'], log);

  await expect(cloud.ready).rejects.toThrow('the embedded cloud exited (2)');
  await expect(cloud.exited).rejects.toThrow('the embedded cloud exited (2)');
  expect(readFileSync(logFile, 'utf8')).toContain('--phones');
  await cloud.stop();
});
