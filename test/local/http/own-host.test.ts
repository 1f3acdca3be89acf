import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { whyForeign } from '../../../local/http/own-host.ts';

const request = (headers: [name: string, value: string][], url = '/') =>
  ({ rawHeaders: headers.flat(), url }) as unknown as IncomingMessage;
const from = (host: string, ...more: [string, string][]) =>
  whyForeign(request([['Host', host], ...more]));

describe('a call to the embedded cloud', () => {
  it.each(['127.0.0.1:8080', 'localhost', '[::1]:1', 'bucket.obs.localhost:80', 'LOCALHOST'])(
    'is served under the host %s',
    (host) => expect(from(host)).toBeUndefined(),
  );

  it.each([
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'xlocalhost',
    '127.0.0.1:999999',
    '',
  ])('is refused under the host %j: a page may have rebound its name', (host) => {
    expect(from(host)).toContain('Host must be');
  });

  it('is refused without a host, or when any of several is foreign', () => {
    expect(whyForeign(request([]))).toContain('Host must be');
    expect(from('localhost', ['hOST', 'evil.example'])).toContain('Host must be');
    const absolute = request([['host', 'localhost']], 'http://evil.example/');
    expect(whyForeign(absolute)).toContain('Host must be');
  });

  it('is refused when a browser says that it comes from a page', () => {
    expect(from('localhost', ['Origin', 'null'])).toContain('Origin');
    expect(from('localhost', ['Sec-Fetch-Site', 'cross-site'])).toContain('Sec-Fetch-Site');
    expect(from('localhost', ['Sec-Fetch-Site', 'none'])).toBeUndefined();
  });

  it('takes no value for the name of a header', () => {
    expect(from('localhost', ['x-note', 'origin'], ['x-other', 'a'])).toBeUndefined();
  });
});
