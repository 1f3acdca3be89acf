import { GetObjectCommand } from '@aws-sdk/client-s3';
import { incompleteResponse, type ObsCall } from '../call.ts';

const PART_MS = 60_000;
/** A slow line is no reason to begin again: parts are large, and people wait for them. */
const LIMITS = { attempts: 5, throttledAttempts: 5, totalMs: 240_000 };

/** A part of one version of an object: from byte `start` on, `length` bytes. */
export type Part = { etag: string; start: number; length: number };

/** `encrypted`: the service says that it has encrypted the object, so that its ETag is no digest of the content. */
export type PartBytes = { bytes: Uint8Array; encrypted: boolean };

/**
 * Returns a part of an object. Throws `conflict` when the object is no longer the one with this ETag, `not_found` when it
 * does not exist.
 */
export function getRange(
  call: ObsCall,
  bucket: string,
  key: string,
  { etag, start, length }: Part,
): Promise<PartBytes> {
  return call(
    'GetObject',
    async (client) => {
      const { Body, ETag, ServerSideEncryption } = await client.send(
        new GetObjectCommand({
          ...{ Bucket: bucket, Key: key, IfMatch: `"${etag}"` },
          Range: `bytes=${start}-${start + length - 1}`,
        }),
        { requestTimeout: PART_MS },
      );
      const bytes = await Body?.transformToByteArray();
      const isSame = ETag?.replaceAll('"', '') === etag;
      if (bytes?.length !== length || !isSame) throw incompleteResponse('GetObject');
      return { bytes, encrypted: ServerSideEncryption !== undefined };
    },
    { limits: LIMITS },
  );
}
