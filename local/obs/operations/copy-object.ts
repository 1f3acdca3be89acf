import { decodeUri } from '../signing/canonical.ts';
import { inMemory } from '../storage/payload.ts';
import {
  invalidArgument,
  noSuchBucket,
  noSuchKey,
  notImplemented,
  ObsError,
} from '../wire/error.ts';
import { xmlResponse } from '../wire/responses.ts';
import type { Handler, ObsCall } from './call.ts';
import { checkReadable, requestedClass } from '../classes/restore-object.ts';
import { readAttributes, writeObject } from './write-object.ts';

/**
 * PUT with x-amz-copy-source (obs_04_0082). Copies the metadata unless it is replaced; onto itself only with another class or
 * other metadata. Throws NoSuchKey, InvalidObjectState for a cold source, InvalidRequest.
 */
export const copyObject: Handler = async (call) => {
  const { request, bucket, key, backend, spool, settings } = call;
  const source = readSource(request.headers.get('x-amz-copy-source') ?? '');
  if (!(await backend.hasBucket(source.bucket))) throw noSuchBucket();
  const found = await backend.open(source.bucket, source.key, (record) => {
    checkReadable({ ...call, bucket: source.bucket }, record);
    return undefined;
  });
  if (found === undefined) throw noSuchKey();
  const { record, body } = found;
  const isReplaced = request.headers.get('x-amz-metadata-directive') === 'REPLACE';
  const { storageClass } = requestedClass(request);
  const isSelf = source.bucket === bucket && source.key === key;
  if (isSelf && !isReplaced && record.storageClass === storageClass) {
    throw new ObsError(400, 'InvalidRequest', 'The copy onto itself changes nothing.');
  }
  const received =
    body instanceof Uint8Array
      ? { payload: inMemory(body) }
      : await spool.receive(body, settings.maxObjectBytes);
  if (received === undefined) throw tooLarge();
  const { contentType, metadata } = record;
  const kept = { metadata, ...(contentType === undefined ? {} : { contentType }) };
  const facts = {
    ...(isReplaced ? readAttributes(request) : kept),
    ...(storageClass === undefined ? {} : { storageClass }),
  };
  const copy = await writeObject(call, received.payload, facts);
  return xmlResponse(
    [
      'CopyObjectResult',
      [
        ['LastModified', new Date(copy.lastModified).toISOString()],
        ['ETag', `"${copy.etag}"`],
      ],
    ],
    settings.region,
  );
};

function readSource(header: string): Pick<ObsCall, 'bucket' | 'key'> {
  if (header.includes('?')) throw notImplemented('A version as the source of a copy');
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decodeUri(header)) ?? [];
  if (bucket === undefined || key === undefined) throw invalidArgument('x-amz-copy-source');
  return { bucket, key };
}

const tooLarge = () => new ObsError(400, 'EntityTooLarge', 'The source is too large to copy.');
