import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Cloud } from '../../local/cloud.ts';
import { writeReadyFile } from '../../local/ready-file.ts';

const CLOUD = { topicUrn: 'urn:t', user: { name: 'robot', password: 'drawn' } } as Cloud;

async function written() {
  const folder = mkdtempSync(join(tmpdir(), 'ready-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'a', 'ready.json');
  const remove = await writeReadyFile(file, CLOUD, '{"ready":true}');
  return { file, remove };
}

it('writes a file that only its owner can read, with the values for a deployment', async () => {
  const { file, remove } = await written();
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    ready: true,
    obsPathStyle: 'true',
    operatorsTopicUrn: 'urn:t-operators',
    apiGroup: 'phonevault',
    user: 'robot',
    password: 'drawn',
  });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  remove();
  expect(existsSync(file)).toBe(false);
  expect(remove).not.toThrow();
});

it('keeps a file that another cloud has overwritten', async () => {
  const { file, remove } = await written();
  writeFileSync(file, 'other');
  remove();
  expect(readFileSync(file, 'utf8')).toBe('other');
});
