import { expect, it } from 'vitest';
import { rawRequest } from '../../../../local/http/raw-request.ts';
import { checkStyle, readTarget } from '../../../../local/obs/service/target.ts';

const target = (url: string, method = 'GET') =>
  readTarget(rawRequest(url, { method }), ['localhost']);

it('returns address, query and operation of a request', () => {
  const { address, query, operation } = target('http://b.localhost/?list-type=2&prefix=a%2F');
  expect([address.bucket, query.get('prefix'), operation]).toEqual(['b', 'a/', 'ListObjectsV2']);
});

it('refuses a URL over 16 KB', () => {
  expect(() => target(`http://localhost/?a=${'x'.repeat(16 * 1024)}`)).toThrow(
    expect.objectContaining({ code: 'InvalidURI' }),
  );
});

it.each([
  ['GET', 'http://localhost/b/k', true],
  ['HEAD', 'http://localhost/b', false],
  ['GET', 'http://localhost/', false],
  ['GET', 'http://b.localhost/k', false],
])('refuses %s %s where path style is refused: %s', (method, url, isRefused) => {
  const check = () => checkStyle(target(url, method), 'refused');
  if (isRefused)
    expect(check).toThrow(expect.objectContaining({ code: 'VirtualHostDomainRequired' }));
  else expect(check).not.toThrow();
  expect(() => checkStyle(target(url, method), 'allowed')).not.toThrow();
});
