import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { appendFileSync, mkdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { folderBackend } from '../../../../local/obs/storage/folder-backend.ts';

const parent = mkdtempSync(join(tmpdir(), 'obs-folder-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const BUCKET = 'backups';
const FACTS = {
  lastModified: Date.UTC(2026, 0, 2, 3, 4, 5),
  contentType: 'a/b',
  metadata: { run: 'r' },
};
let dir = '';
let runs = 0;
beforeEach(() => {
  dir = join(parent, String((runs += 1)), 'obs');
});
const file = (...parts: string[]) => join(dir, BUCKET, ...parts);
const keysOf = async (backend = folderBackend(dir)) =>
  (await backend.list(BUCKET, '')).map(({ key }) => key);

async function filled(keys: string[]) {
  const backend = folderBackend(dir);
  await backend.createBucket(BUCKET);
  for (const key of keys) await backend.write(BUCKET, key, Buffer.from(key), FACTS);
  return backend;
}

it('keeps an object as a file named by its key, with its date', async () => {
  await filled(['nightly/2026-01-02/p+1=#.tar']);

  const path = file('nightly', '2026-01-02', 'p+1=#.tar');
  expect(readFileSync(path, 'utf8')).toBe('nightly/2026-01-02/p+1=#.tar');
  expect(statSync(path).mtimeMs).toBe(FACTS.lastModified);
});

it('deletes empty folders', async () => {
  const backend = await filled(['a/b/c', 'a/d']);

  await backend.remove(BUCKET, 'a/b/c');
  expect(readdirSync(file('a'))).toEqual(['d']);
  await backend.remove(BUCKET, 'a/d');

  expect(readdirSync(file())).toEqual([]);
});

it.each(['../../../escape', '/etc/escape', 'a/../../../escape', '..', 'a\u0000/../escape'])(
  'writes nothing outside its folder for %j',
  async (key) => {
    await filled([key]);

    expect(readdirSync(join(dir, '..'))).toEqual(['obs']);
    expect(readdirSync(dir).sort()).toEqual(['.hashed', '.meta', BUCKET]);
    expect(readdirSync(file())).toEqual([]);
  },
);

it('has the same objects after a restart', async () => {
  const keys = ['a', 'a/b', 'plain/k', 'x'.repeat(300), '..'];
  const before = await filled(keys);
  const records = await before.list(BUCKET, '');

  const after = folderBackend(dir);

  expect(await after.hasBucket(BUCKET)).toBe(true);
  expect(await after.list(BUCKET, '')).toEqual(records);
  expect(Buffer.from((await after.read(BUCKET, 'a/b'))?.body ?? []).toString()).toBe('a/b');
});

it('accepts changes to the files while it was not running', async () => {
  await filled(['changed', 'gone', 'kept']);
  mkdirSync(file('policies'));
  writeFileSync(file('policies', 'nightly.yaml'), 'name: nightly');
  writeFileSync(file('changed'), 'other');
  unlinkSync(file('gone'));

  const backend = folderBackend(dir);

  expect(await keysOf(backend)).toEqual(['changed', 'kept', 'policies/nightly.yaml']);
  expect(await backend.stat(BUCKET, 'changed')).toMatchObject({ size: 5 });
  expect(await backend.stat(BUCKET, 'kept')).toMatchObject({ metadata: { run: 'r' } });
});

it('ignores invalid lines of its index, and rebuilds a missing one', async () => {
  const before = await filled(['a', 'b']);
  const records = await before.list(BUCKET, '');
  const index = join(dir, '.meta', `${BUCKET}.jsonl`);
  appendFileSync(index, '{"gone":5}\n{"key":"c","file":"../../../etc/passwd","siz');

  expect(await folderBackend(dir).list(BUCKET, '')).toEqual(records);
  rmSync(index);
  expect(await keysOf()).toEqual(['a', 'b']);
  expect(existsSync(index)).toBe(true);
});
