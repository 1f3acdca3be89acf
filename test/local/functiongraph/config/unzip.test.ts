import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { isZip, unzip } from '../../../../local/functiongraph/config/unzip.ts';
import { zipOf } from '../../support/functiongraph.ts';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'unzip-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

it('unpacks files that can be read and run but not written', async () => {
  const folder = newFolder();
  await unzip(Buffer.from(zipOf({ 'a/b.js': 'x' }), 'base64'), folder);
  expect(readFileSync(join(folder, 'a/b.js'), 'utf8')).toBe('x');
  expect(statSync(join(folder, 'a/b.js')).mode & 0o777).toBe(0o555);
});

it.each(['../out.js', '/../../out.js'])('refuses the name %s', async (name) => {
  const zip = Buffer.from(zipOf({ [name]: 'x' }), 'base64');
  await expect(unzip(zip, newFolder())).rejects.toThrow('leads out of it');
});

it('recognizes a zip by its first bytes', () => {
  expect(isZip(Buffer.from(zipOf({ a: 'x' }), 'base64'))).toBe(true);
  expect(isZip(Buffer.alloc(99))).toBe(false);
});
