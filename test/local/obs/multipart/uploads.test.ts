import { expect, it } from 'vitest';
import { createUploads } from '../../../../local/obs/multipart/uploads.ts';

const target = { bucket: 'b', key: 'k', facts: {}, startedAt: 0 };

it('finds an upload only by its id, bucket and key, until it is deleted', async () => {
  const uploads = createUploads();
  const { id } = uploads.create(target);
  expect(uploads.create(target).id).not.toBe(id);
  expect(uploads.get(id, 'b', 'k')).toMatchObject(target);
  const missing = expect.objectContaining({ code: 'NoSuchUpload' }) as Error;
  expect(() => uploads.get(id, 'b', 'other')).toThrow(missing);
  expect(uploads.inBucket('b')).toHaveLength(2);
  expect(uploads.inBucket('other')).toEqual([]);
  await uploads.delete(id);
  expect(() => uploads.get(id, 'b', 'k')).toThrow(missing);
});

it('has at most 1,000 open uploads', () => {
  const uploads = createUploads();
  for (let i = 0; i < 1_000; i += 1) uploads.create(target);
  expect(() => uploads.create(target)).toThrow(expect.objectContaining({ status: 503 }));
});
