import { expect, it } from 'vitest';
import { routeOf } from '../../../../local/obs/service/route.ts';

const ADDRESSES = {
  service: { style: 'host' as const, bucket: undefined, key: undefined },
  bucket: { style: 'host' as const, bucket: 'b', key: undefined },
  object: { style: 'host' as const, bucket: 'b', key: 'k' },
};

function route(
  method: string,
  scope: keyof typeof ADDRESSES,
  query: string,
  headers: Record<string, string> = {},
): string {
  const request = new Request('http://h/', { method, headers });
  try {
    return routeOf(request, ADDRESSES[scope], new Map(new URLSearchParams(query)));
  } catch (error) {
    return (error as { code: string }).code;
  }
}

it.each([
  ['GET', 'service', '', 'ListBuckets'],
  ['HEAD', 'bucket', '', 'HeadBucket'],
  ['GET', 'bucket', 'location', 'GetBucketLocation'],
  ['GET', 'bucket', 'list-type=2&prefix=a&x-id=List', 'ListObjectsV2'],
  ['GET', 'bucket', 'list-type=1', 'NotImplemented'],
  ['GET', 'bucket', '', 'ListObjects'],
  ['GET', 'bucket', 'marker=a&delimiter=/', 'ListObjects'],
  ['GET', 'bucket', 'uploads', 'ListMultipartUploads'],
  ['GET', 'object', 'uploadId=u&max-parts=1', 'ListParts'],
  ['GET', 'bucket', 'versions', 'NotImplemented'],
  ['GET', 'bucket', 'policy', 'NotImplemented'],
  ['DELETE', 'bucket', '', 'MethodNotAllowed'],
  ['POST', 'bucket', 'delete', 'DeleteObjects'],
  ['PUT', 'object', '', 'PutObject'],
  ['GET', 'object', 'X-Amz-Signature=x', 'GetObject'],
  ['GET', 'object', 'versionId=1', 'NotImplemented'],
  ['PUT', 'object', 'partNumber=1&uploadId=u', 'UploadPart'],
  ['POST', 'object', 'uploadId=u', 'CompleteMultipartUpload'],
  ['PATCH', 'object', '', 'MethodNotAllowed'],
] as const)('routes %s of a %s with [%s] to %s', (method, scope, query, expected) => {
  expect(route(method, scope, query)).toBe(expected);
});

it.each([
  'x-amz-copy-source-if-match',
  'x-amz-server-side-encryption',
  'x-amz-tagging',
  'x-amz-acl',
])('refuses the header %s instead of ignoring it', (name) => {
  expect(route('PUT', 'object', '', { [name]: 'x' })).toBe('NotImplemented');
});

it('routes a PUT with a source to CopyObject, and copies no parts', () => {
  const source = { 'x-amz-copy-source': '/b/k' };
  expect(route('PUT', 'object', '', source)).toBe('CopyObject');
  expect(route('PUT', 'object', 'partNumber=1&uploadId=u', source)).toBe('NotImplemented');
});

it('accepts the ACL that every object has, and no other', () => {
  expect(route('PUT', 'object', '', { 'x-amz-acl': 'private' })).toBe('PutObject');
  expect(route('PUT', 'bucket', '', { 'x-amz-acl': 'private' })).toBe('CreateBucket');
  expect(route('PUT', 'object', '', { 'x-amz-acl': 'public-read' })).toBe('NotImplemented');
});
