import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { changeClass, classSchema } from '../../../local/control/objects.ts';
import { folderBackend } from '../../../local/obs/storage/folder-backend.ts';
import { memoryBackend } from '../../../local/obs/storage/memory-backend.ts';

it('moves an object to a class, and leaves its date and its ETag', async () => {
  const backend = memoryBackend();
  await backend.createBucket('bucket');
  const facts = {
    lastModified: 5,
    contentType: 'a/b',
    metadata: { run: 'r1' },
    etag: 'of-parts-2',
  };
  await backend.write('bucket', 'k', Buffer.from('x'), facts);

  const change = classSchema.parse({ bucket: 'bucket', key: 'k', storage_class: 'COLD' });
  expect(await changeClass(backend, change)).toBe(true);

  expect(await backend.stat('bucket', 'k')).toMatchObject({ ...facts, storageClass: 'GLACIER' });
  expect(await changeClass(backend, { ...change, storage_class: 'STANDARD' })).toBe(true);
  expect(await backend.stat('bucket', 'k')).toEqual({ ...facts, key: 'k', size: 1 });
});

it('says so when there is no such object, and names the classes', async () => {
  const backend = memoryBackend();
  await backend.createBucket('bucket');
  const change = { bucket: 'bucket', key: 'k', storage_class: 'GLACIER' as const };
  expect(await changeClass(backend, change)).toBe(false);
  expect(await changeClass(backend, { ...change, bucket: 'none' })).toBe(false);
  const wrong = classSchema.safeParse({ ...change, storage_class: 'FROZEN' });
  expect(wrong.error?.issues[0]?.message).toBe('STANDARD, WARM, COLD or DEEP_ARCHIVE');
});

it('lasts when the objects are files and the cloud starts again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'phonevault-'));
  try {
    const backend = folderBackend(folder);
    await backend.createBucket('bucket');
    await backend.write('bucket', 'k', Buffer.from('x'), { lastModified: 5_000 });
    await changeClass(backend, { bucket: 'bucket', key: 'k', storage_class: 'DEEP_ARCHIVE' });
    const again = await folderBackend(folder).stat('bucket', 'k');
    expect(again?.storageClass).toBe('DEEP_ARCHIVE');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
