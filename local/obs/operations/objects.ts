import { Readable } from 'node:stream';
import { checkReadable, classHeaders } from '../classes/restore-object.ts';
import type { ObjectRecord } from '../storage/backend.ts';
import { emptyResponse } from '../wire/responses.ts';
import type { Handler, ObsCall } from './call.ts';
import { checkReadConditions, rangeOf } from './conditions.ts';
import { deleteOne } from './delete-one.ts';
import { lockEnd } from './delete-rights.ts';
import { noSuchKey } from '../wire/error.ts';
import { readAttributes, writeObject } from './write-object.ts';

export const putObject: Handler = async (call) => {
  const record = await writeObject(call, call.body, readAttributes(call.request));
  return emptyResponse(200, { etag: `"${record.etag}"`, ...versionHeader(call) });
};

export const getObject: Handler = async (call) => {
  const { backend, bucket, key, request } = call;
  const found = await backend.open(bucket, key, (record) => {
    checkReadConditions(request, record);
    checkReadable(call, record);
    return rangeOf(request.headers.get('range'), record.size);
  });
  if (found === undefined) throw noSuchKey();
  const { record, range } = found;
  const headers = {
    ...objectHeaders(record),
    ...classHeaders(call, record),
    ...versionHeader(call),
  };
  const body =
    found.body instanceof Uint8Array
      ? found.body
      : (Readable.toWeb(found.body) as unknown as ReadableStream<Uint8Array>);
  if (range === undefined) {
    return new Response(body, {
      headers: { ...headers, 'content-length': String(record.size) },
    });
  }
  const { start, end } = range;
  return new Response(body, {
    status: 206,
    headers: {
      ...headers,
      'content-length': String(end + 1 - start),
      'content-range': `bytes ${start}-${end}/${record.size}`,
    },
  });
};

export const headObject: Handler = async (call) => {
  const { backend, bucket, key, request, versions } = call;
  const record = await backend.stat(bucket, key);
  if (record === undefined) {
    if (versions.markerId(bucket, key) === undefined) throw noSuchKey();
    return emptyResponse(404, { 'x-amz-delete-marker': 'true' });
  }
  checkReadConditions(request, record);
  return emptyResponse(200, {
    ...{ ...objectHeaders(record), ...classHeaders(call, record), ...versionHeader(call) },
    ...lockHeaders(call, record),
    'content-length': String(record.size),
  });
};

/** How long WORM protects an object (obs_04_0084, with the names of the S3 interface). */
function lockHeaders({ traits }: ObsCall, { lastModified }: ObjectRecord): Record<string, string> {
  const end = lockEnd(traits, lastModified);
  if (end === undefined) return {};
  return {
    'x-amz-object-lock-mode': 'COMPLIANCE',
    'x-amz-object-lock-retain-until-date': new Date(end).toISOString(),
  };
}

/** DELETE of an object, or of one version (obs_04_0085). Throws AccessDenied. */
export const deleteObject: Handler = async (call) => {
  const deleted = await deleteOne(call, call.key, call.query.get('versionId'));
  const id = deleted.markerId ?? deleted.versionId;
  return emptyResponse(204, {
    ...(id === undefined ? {} : { 'x-amz-version-id': id }),
    ...(deleted.isMarker ? { 'x-amz-delete-marker': 'true' } : {}),
  });
};

/** The version of an object; none for the version "null". */
function versionHeader({ versions, bucket, key }: ObsCall): Record<string, string> {
  const id = versions.currentId(bucket, key);
  return id === undefined || id === 'null' ? {} : { 'x-amz-version-id': id };
}

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
