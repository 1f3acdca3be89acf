import { expect, it } from 'vitest';
import { memoryBackend } from '../../../../local/obs/storage/memory-backend.ts';

it('keeps a body without copying it', async () => {
  const backend = memoryBackend();
  await backend.createBucket('bucket');
  const body = new Uint8Array(3);
  await backend.write('bucket', 'k', body, { lastModified: 0 });
  expect((await backend.read('bucket', 'k'))?.body).toBe(body);
});
