import { requestedClass } from '../classes/restore-object.ts';
import type { ObjectRecord, WriteOptions } from '../storage/backend.ts';
import type { Payload } from '../storage/payload.ts';
import type { ObsCall } from './call.ts';
import { matchesTag } from './conditions.ts';
import { noSuchKey, notImplemented, ObsError, preconditionFailed } from '../wire/error.ts';

// 2 KB in S3 mode (OBS limits page); a name counts without its prefix.
const MAX_METADATA = 2_048;

/** Returns content type, user metadata and storage class of a request. Throws MetadataTooLarge, InvalidStorageClass. */
export function readAttributes(request: Request): Omit<WriteOptions, 'lastModified'> {
  const { headers } = request;
  const metadata: Record<string, string> = {};
  let size = 0;
  for (const [name, value] of headers) {
    if (!name.startsWith('x-amz-meta-')) continue;
    const short = name.slice('x-amz-meta-'.length);
    metadata[short] = value;
    size += Buffer.byteLength(short) + Buffer.byteLength(value);
  }
  if (size > MAX_METADATA) {
    throw new ObsError(400, 'MetadataTooLarge', 'Your metadata headers exceed 2 KB.');
  }
  const contentType = headers.get('content-type');
  return {
    ...{ metadata, ...requestedClass(request) },
    ...(contentType === null ? {} : { contentType }),
  };
}

/** Stores the object of a call if its conditions hold. Throws PreconditionFailed, NoSuchKey (If-Match), NotImplemented. */
export function writeObject(
  call: ObsCall,
  body: Payload,
  facts: Omit<WriteOptions, 'lastModified'>,
): Promise<ObjectRecord> {
  const { backend, bucket, key, time, serially } = call;
  return serially(`${bucket}/${key}`, async () => {
    try {
      await checkConditions(call);
    } catch (error) {
      await body.discard();
      throw error;
    }
    return backend.write(bucket, key, body, { ...facts, lastModified: time.now() });
  });
}

async function checkConditions(call: ObsCall): Promise<void> {
  const { backend, bucket, key, request, settings } = call;
  const ifNoneMatch = request.headers.get('if-none-match');
  const ifMatch = request.headers.get('if-match');
  if (ifNoneMatch === null && ifMatch === null) return;
  if (settings.conditionalPut === 'ignored') return;
  if (settings.conditionalPut === 'refused') throw notImplemented('A condition on a write');
  if (ifNoneMatch !== null && ifNoneMatch !== '*') throw notImplemented('If-None-Match');
  const record = await backend.stat(bucket, key);
  if (ifNoneMatch !== null && record !== undefined) throw preconditionFailed();
  if (ifMatch === null) return;
  if (record === undefined) throw noSuchKey();
  if (!matchesTag(ifMatch, record.etag)) throw preconditionFailed();
}
