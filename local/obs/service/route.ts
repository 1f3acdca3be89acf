import type { Address } from './address.ts';
import { notImplemented, ObsError } from '../wire/error.ts';

/** Operation, method, scope, required and optional query parameters. */
const ROUTES = [
  ['ListBuckets', 'GET', 'service', [], []],
  ['HeadBucket', 'HEAD', 'bucket', [], []],
  ['CreateBucket', 'PUT', 'bucket', [], []],
  ['GetBucketLocation', 'GET', 'bucket', ['location'], []],
  ['PutBucketVersioning', 'PUT', 'bucket', ['versioning'], []],
  ['GetBucketVersioning', 'GET', 'bucket', ['versioning'], []],
  ['GetObjectLockConfiguration', 'GET', 'bucket', ['object-lock'], []],
  ['DeleteObjects', 'POST', 'bucket', ['delete'], []],
  [
    'ListObjectsV2',
    'GET',
    'bucket',
    ['list-type'],
    [
      'prefix',
      'delimiter',
      'start-after',
      'continuation-token',
      'max-keys',
      'fetch-owner',
      'encoding-type',
    ],
  ],
  [
    'ListObjects',
    'GET',
    'bucket',
    [],
    ['prefix', 'delimiter', 'marker', 'max-keys', 'encoding-type'],
  ],
  [
    'ListMultipartUploads',
    'GET',
    'bucket',
    ['uploads'],
    ['prefix', 'delimiter', 'key-marker', 'upload-id-marker', 'max-uploads', 'encoding-type'],
  ],
  ['PutObject', 'PUT', 'object', [], []],
  ['GetObject', 'GET', 'object', [], []],
  ['HeadObject', 'HEAD', 'object', [], []],
  ['DeleteObject', 'DELETE', 'object', [], ['versionId']],
  ['RestoreObject', 'POST', 'object', ['restore'], []],
  ['CreateMultipartUpload', 'POST', 'object', ['uploads'], []],
  [
    'ListParts',
    'GET',
    'object',
    ['uploadId'],
    ['part-number-marker', 'max-parts', 'encoding-type'],
  ],
  ['UploadPart', 'PUT', 'object', ['partNumber', 'uploadId'], []],
  ['CompleteMultipartUpload', 'POST', 'object', ['uploadId'], []],
  ['AbortMultipartUpload', 'DELETE', 'object', ['uploadId'], []],
] as const satisfies [string, string, 'service' | 'bucket' | 'object', string[], string[]][];

export type Operation = (typeof ROUTES)[number][0] | 'CopyObject';

// Headers of features that this server lacks: it refuses them instead of ignoring them.
const UNSUPPORTED_HEADERS =
  /^x-amz-(?:copy-source-|server-side-encryption|tagging|object-lock|website-redirect|acl|grant|mfa)/;

/** Returns the operation of a request, by its address, method and query. Throws MethodNotAllowed, NotImplemented. */
export function routeOf(
  request: Request,
  address: Address,
  query: ReadonlyMap<string, string>,
): Operation {
  const { bucket, key } = address;
  const scope = bucket === undefined ? 'service' : key === undefined ? 'bucket' : 'object';
  for (const [name, value] of request.headers) {
    const isOwnersOnly = name === 'x-amz-acl' && value === 'private';
    if (UNSUPPORTED_HEADERS.test(name) && !isOwnersOnly) throw notImplemented(`The header ${name}`);
  }
  if (query.has('list-type') && query.get('list-type') !== '2') throw notImplemented('list-type');

  const names = [...query.keys()].filter((name) => name !== 'x-id' && !/^X-Amz-/i.test(name));
  const candidates = ROUTES.filter((route) => route[1] === request.method && route[2] === scope);
  const route = candidates.find(
    ([, , , required, optional]: readonly [string, string, string, ...(readonly string[])[]]) =>
      required?.every((name) => names.includes(name)) &&
      names.every((name) => required.includes(name) || optional?.includes(name)),
  );
  if (route !== undefined) return operationOf(route[0], request);
  if (candidates.length > 0 || names.length > 0) {
    throw notImplemented(`${request.method} with the query [${names.join(' ').slice(0, 100)}]`);
  }
  const message = 'The specified method is not allowed against this resource.';
  throw new ObsError(405, 'MethodNotAllowed', message);
}

/** A PUT with a source is a copy. */
function operationOf(operation: (typeof ROUTES)[number][0], { headers }: Request): Operation {
  if (!headers.has('x-amz-copy-source')) return operation;
  if (operation === 'PutObject') return 'CopyObject';
  throw notImplemented('The header x-amz-copy-source');
}
