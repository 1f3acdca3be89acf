import type { ObjectRecord } from '../storage/backend.ts';
import { emptyResponse } from '../wire/responses.ts';
import type { Handler } from './call.ts';
import { checkReadConditions, rangeOf } from './conditions.ts';
import { noSuchKey } from '../wire/error.ts';
import { readAttributes, writeObject } from './write-object.ts';

export const putObject: Handler = async (call) => {
  const record = await writeObject(call, call.body, readAttributes(call.request));
  return emptyResponse(200, { etag: `"${record.etag}"` });
};

export const getObject: Handler = async ({ backend, bucket, key, request }) => {
  const found = await backend.read(bucket, key);
  if (found === undefined) throw noSuchKey();
  const { record, body } = found;
  checkReadConditions(request, record);
  const headers = objectHeaders(record);
  const range = rangeOf(request.headers.get('range'), record.size);
  if (range === undefined) {
    return new Response(body, {
      headers: { ...headers, 'content-length': String(record.size) },
    });
  }
  const { start, end } = range;
  return new Response(body.slice(start, end + 1), {
    status: 206,
    headers: {
      ...headers,
      'content-length': String(end + 1 - start),
      'content-range': `bytes ${start}-${end}/${record.size}`,
    },
  });
};

export const headObject: Handler = async ({ backend, bucket, key, request }) => {
  const record = await backend.stat(bucket, key);
  if (record === undefined) throw noSuchKey();
  checkReadConditions(request, record);
  return emptyResponse(200, { ...objectHeaders(record), 'content-length': String(record.size) });
};

export const deleteObject: Handler = async ({ backend, bucket, key, serially }) => {
  await serially(`${bucket}/${key}`, () => backend.remove(bucket, key));
  return emptyResponse(204);
};

/** Returns the headers of an object, without its length. */
function objectHeaders(record: ObjectRecord): Record<string, string> {
  const headers: Record<string, string> = {
    etag: `"${record.etag}"`,
    'last-modified': new Date(record.lastModified).toUTCString(),
    'content-type': record.contentType ?? 'binary/octet-stream',
    'accept-ranges': 'bytes',
  };
  for (const [name, value] of Object.entries(record.metadata))
    headers[`x-amz-meta-${name}`] = value;
  return headers;
}
