import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openIndex } from '../../../../local/obs/storage/folder-index.ts';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'index-'));
  mkdirSync(join(folder, 'b'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}
const record = (key: string) => ({
  key,
  size: 1,
  etag: 'e',
  lastModified: 5,
  contentType: 'a/b',
  metadata: {},
});

it('finds files that a person added, with their MD5', async () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'b/policies'));
  writeFileSync(join(folder, 'b/policies/nightly.yaml'), 'abc');
  const index = await openIndex(folder, 'b');
  expect(index.records.get('policies/nightly.yaml')).toMatchObject({
    size: 3,
    etag: '900150983cd24fb0d6963f7d28e17f72',
  });
  expect(index.fileOf('policies/nightly.yaml')).toBe('b/policies/nightly.yaml');
});

it('logs each change, and rewrites the log when it opens', async () => {
  const folder = newFolder();
  const index = await openIndex(folder, 'b');
  await index.set(record('k'), 'b/k');
  await index.delete('k');
  const log = join(folder, '.meta/b.jsonl');
  expect(readFileSync(log, 'utf8').split('\n')).toHaveLength(3);
  appendFileSync(log, '{"key":"torn');
  await openIndex(folder, 'b');
  expect(readFileSync(log, 'utf8')).toBe('');
});

it('knows which key occupies a file, also in another case', async () => {
  const index = await openIndex(newFolder(), 'b');
  await index.set(record('Case'), 'b/Case');
  expect([index.isOccupied('b/case', 'case'), index.isOccupied('b/Case', 'Case')]).toEqual([
    true,
    false,
  ]);
});
