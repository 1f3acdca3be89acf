import { describe, expect, it } from 'vitest';
import { readAttributes } from '../../../../local/obs/operations/write-object.ts';

const read = (headers: Record<string, string>) =>
  readAttributes(new Request('http://h/', { headers }));

describe('the attributes of a new object', () => {
  it('are content type and metadata without prefix', () => {
    expect(read({ 'content-type': 'a/b', 'x-amz-meta-run': 'r1', 'x-amz-date': 'd' })).toEqual({
      contentType: 'a/b',
      metadata: { run: 'r1' },
    });
    expect(read({})).toEqual({ metadata: {} });
  });

  it('have at most 2 KB of metadata, and a storage class that exists', () => {
    expect(() => read({ 'x-amz-meta-a': 'v'.repeat(2_047) })).not.toThrow();
    expect(() => read({ 'x-amz-meta-a': 'v'.repeat(2_048) })).toThrow(
      expect.objectContaining({ code: 'MetadataTooLarge' }),
    );
    expect(read({ 'x-amz-storage-class': 'GLACIER' })).toMatchObject({ storageClass: 'GLACIER' });
    expect(() => read({ 'x-amz-storage-class': 'glacier' })).toThrow(
      expect.objectContaining({ code: 'InvalidStorageClass' }),
    );
  });
});
