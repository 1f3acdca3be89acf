import { createHash } from 'node:crypto';
import type { WriteOptions } from '../storage/backend.ts';
import type { Payload } from '../storage/payload.ts';
import { ObsError } from '../wire/error.ts';

export type Part = { payload: Payload; lastModified: number };

export type Upload = {
  id: string;
  bucket: string;
  key: string;
  facts: Omit<WriteOptions, 'lastModified'>;
  startedAt: number;
  parts: Map<number, Part>;
  /** While the parts are being joined: the ETag to be. */
  completion?: Promise<string> | undefined;
};

export type Uploads = {
  /** Throws ServiceUnavailable if too many are open. */
  create(upload: Pick<Upload, 'bucket' | 'key' | 'facts' | 'startedAt'>): Upload;
  /** Throws NoSuchUpload. */
  get(id: string, bucket: string, key: string): Upload;
  /** The open uploads of a bucket, oldest first. */
  inBucket(bucket: string): Upload[];
  /** Forgets an upload and its parts. */
  delete(id: string): Promise<void>;
};

const MAX_OPEN = 1_000;

/** Open multipart uploads; they end with the process. */
export function createUploads(): Uploads {
  const uploads = new Map<string, Upload>();
  let count = 0;
  return {
    create(target) {
      if (uploads.size >= MAX_OPEN) {
        throw new ObsError(503, 'ServiceUnavailable', 'Too many multipart uploads are open.');
      }
      count += 1;
      const id = createHash('md5').update(`${count}/${target.bucket}/${target.key}`).digest('hex');
      const upload: Upload = { ...target, id, parts: new Map() };
      uploads.set(id, upload);
      return upload;
    },
    get(id, bucket, key) {
      const upload = uploads.get(id);
      if (upload === undefined || upload.bucket !== bucket || upload.key !== key) {
        throw new ObsError(404, 'NoSuchUpload', 'The specified multipart upload does not exist.');
      }
      return upload;
    },
    inBucket: (bucket) => [...uploads.values()].filter((upload) => upload.bucket === bucket),
    async delete(id) {
      const parts = uploads.get(id)?.parts.values() ?? [];
      uploads.delete(id);
      for (const { payload } of parts) await payload.discard();
    },
  };
}
