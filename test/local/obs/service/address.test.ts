import { expect, it } from 'vitest';
import { rawRequest } from '../../../../local/http/raw-request.ts';
import { addressOf } from '../../../../local/obs/service/address.ts';

const DOMAINS = ['localhost', 'obs.localhost'];
const address = (url: string) => addressOf(rawRequest(url, {}), DOMAINS);

it.each([
  ['http://obs.localhost:1/', 'path', undefined, undefined],
  ['http://obs.localhost/b', 'path', 'b', undefined],
  ['http://localhost/b/a%20b//c', 'path', 'b', 'a b//c'],
  ['http://b.obs.localhost:1/', 'host', 'b', undefined],
  ['http://my.b.OBS.localhost/k/x', 'host', 'my.b', 'k/x'],
])('reads %s', (url, style, bucket, key) => {
  expect(address(url)).toEqual({ style, bucket, key });
});

it.each([
  ['http://example.com/b/k', 'BadDomainName'],
  ['http://localhost/b/%ff', 'InvalidURI'],
  [`http://localhost/b/${'k'.repeat(1025)}`, 'KeyTooLong'],
])('refuses %.30s with %s', (url, code) => {
  expect(() => address(url)).toThrow(expect.objectContaining({ code }));
});
