import { describe, expect, it } from 'vitest';
import { decode, rawRequest, targetOf } from '../../../local/http/raw-request.ts';

describe('targetOf', () => {
  it.each([
    ['http://a.b:80/x/../y%2Fz?q=%20+&r', 'a.b:80', '/x/../y%2Fz', 'q=%20+&r'],
    ['http://A.B', 'a.b', '/', ''],
    ['http://a.b?list-type=2', 'a.b', '/', 'list-type=2'],
    ['http://a.b/x?', 'a.b', '/x', ''],
    ['http://a.b/x?a=b?c/d', 'a.b', '/x', 'a=b?c/d'],
    ['http://a.b//x', 'a.b', '//x', ''],
  ])('splits %s', (url, host, path, query) => {
    expect(targetOf(rawRequest(url, { method: 'GET' }))).toEqual({ host, path, query });
  });

  it('splits a plain request too', () => {
    expect(targetOf(new Request('http://a.b/x?y=1'))).toEqual({
      host: 'a.b',
      path: '/x',
      query: 'y=1',
    });
  });
});

describe('decode', () => {
  it.each([
    ['a%20b%2F', 'a b/'],
    ['%', '%'],
    ['%e4%b8', '%e4%b8'],
    ['a+b', 'a+b'],
  ])('decodes %s to %s', (text, expected) => {
    expect(decode(text)).toBe(expected);
  });
});
