import { expect, it } from 'vitest';
import { createClient, isLoopback, statusOf } from '../../../local/object-server/client.ts';

it.each([
  ['localhost', true],
  ['s3.localhost', true],
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['[::1]', true],
  ['example.com', false],
  ['localhost.example.com', false],
])('recognizes %s as this machine: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

it('uses path style on this machine only', async () => {
  const keys = { accessKey: 'a', secretKey: 's', securityToken: undefined, expiresAt: undefined };
  const style = (url: string) => createClient({ url, region: 'r', keys }).config.forcePathStyle;
  expect([style('http://s3.localhost:1'), style('https://example.com')]).toEqual([true, false]);
});

it('returns the HTTP status of an error, if it has one', () => {
  expect(statusOf({ $metadata: { httpStatusCode: 403 } })).toBe(403);
  expect(statusOf(new Error('refused'))).toBeUndefined();
});
