import { describe, expect, it } from 'vitest';
import { encode, rawRequest } from '../../../../local/http/raw-request.ts';
import {
  canonicalRequest,
  decodeUri,
  hostOf,
  queryPairs,
} from '../../../../local/obs/signing/canonical.ts';

const request = rawRequest("https://b.h:80/a%20b'/c?b=2&a=%2F&a&X-Amz-Signature=x", {
  headers: { 'x-amz-date': ' 2026  ' },
});

describe('the canonical request', () => {
  it('has the path encoded once, the query sorted by name and value, and no signature', () => {
    expect(canonicalRequest(request, ['host', 'x-amz-date'], 'HASH')).toBe(
      'GET\n/a%20b%27/c\na=&a=%2F&b=2\nhost:b.h:80\nx-amz-date:2026\n\nhost;x-amz-date\nHASH',
    );
  });

  it('does not exist without a signed header', () => {
    expect(canonicalRequest(request, ['host', 'x-amz-other'], 'HASH')).toBeUndefined();
  });
});

it('encodes and decodes', () => {
  expect(encode("a b/~_-.!'()*")).toBe('a%20b%2F~_-.%21%27%28%29%2A');
  expect(decodeUri('a%20b')).toBe('a b');
  expect(() => decodeUri('%ff')).toThrow(expect.objectContaining({ code: 'InvalidURI' }));
  expect(queryPairs('a=1=2&b&c=x+y&&')).toEqual([
    ['a', '1=2'],
    ['b', ''],
    ['c', 'x y'],
  ]);
});

it('prefers the Host header', () => {
  expect(hostOf(rawRequest('http://a:1/', {}))).toBe('a:1');
  expect(hostOf(rawRequest('http://a:1/', { headers: { host: 'b' } }))).toBe('b');
});
