import { emptyAnswer, objectHeaders } from './answer.ts';
import type { Handler } from './call.ts';
import { checkReadConditions, rangeOf } from './conditions.ts';
import { noSuchKey } from './error.ts';
import { factsOf, writeObject } from './write-object.ts';

export const putObject: Handler = async (call) => {
  const record = await writeObject(call, call.body, factsOf(call.request));
  return emptyAnswer(200, { etag: `"${record.etag}"` });
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
  return emptyAnswer(200, { ...objectHeaders(record), 'content-length': String(record.size) });
};

export const deleteObject: Handler = async ({ backend, bucket, key, inTurn }) => {
  await inTurn(`${bucket}/${key}`, () => backend.remove(bucket, key));
  return emptyAnswer(204);
};
