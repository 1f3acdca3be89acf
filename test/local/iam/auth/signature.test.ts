import { describe, expect, it } from 'vitest';
import {
  isValidSignature,
  parseAuthorization,
  parseSdkDate,
} from '../../../../local/iam/auth/signature.ts';
import { rawRequest } from '../../../../local/http/raw-request.ts';
import { START } from '../../support/clock.ts';
import { signSdk, type ToSign } from '../../support/sign-sdk.ts';

const HOST = 'smn.cn-north-4.myhuaweicloud.com';
const KEY = { accessKey: 'AK', secretKey: 'secret' };
const URN = 'urn:smn:cn-north-4:p:topic';

function isValid(
  toSign: Partial<ToSign> & { wire?: string },
  change: (headers: Record<string, string>) => void = () => undefined,
): boolean {
  const { wire, ...rest } = toSign;
  const request = { method: 'GET', host: HOST, path: '/x', date: START, ...rest };
  const headers = signSdk(request, KEY);
  change(headers);
  const authorization = parseAuthorization(headers['authorization'] ?? '');
  const sent = rawRequest(`https://${HOST}${wire ?? request.path}`, {
    method: request.method,
    headers,
  });
  const body = Buffer.from(request.body ?? '');
  return authorization !== undefined && isValidSignature(sent, body, authorization, 'secret');
}

describe('isValidSignature', () => {
  it.each<[string, Partial<ToSign> & { wire?: string }]>([
    ['a plain call', {}],
    ['a path that ends with a slash', { path: '/x/' }],
    ['a body', { method: 'POST', body: '{"a":"ü"}' }],
    ['a topic URN sent raw', { path: `/v2/p/topics/${URN}/publish` }],
    [
      'a topic URN sent encoded',
      {
        path: `/v2/p/topics/${URN}/publish`,
        wire: `/v2/p/topics/${URN.replaceAll(':', '%3A')}/publish`,
      },
    ],
    [
      'a query in any order, with repeated and empty values',
      {
        query: [
          ['b', '2'],
          ['a', ''],
          ['b', '1'],
        ],
        wire: '/x?b=2&b=1&a',
      },
    ],
    [
      'a query with space, plus and other characters',
      { query: [['q', 'a b+c*(d)~ü']], wire: '/x?q=a%20b%2Bc*(d)~%C3%BC' },
    ],
    ['a query with a space sent as plus', { query: [['q', 'a b']], wire: '/x?q=a+b' }],
    ['further headers', { headers: { 'x-project-id': 'p', 'content-type': 'a/b' } }],
  ])('accepts %s', (_, toSign) => {
    expect(isValid(toSign)).toBe(true);
  });

  it.each<[string, (headers: Record<string, string>) => void]>([
    [
      'another signature',
      (h) => (h.authorization = h.authorization!.replace(/.$/, (c) => (c === '0' ? '1' : '0'))),
    ],
    ['a changed header', (h) => (h.host = 'other')],
    ['a missing header', (h) => delete h['x-sdk-date']],
    ['another body hash', (h) => (h['x-sdk-content-sha256'] = '0'.repeat(64))],
    [
      'an unsigned date',
      (h) => (h.authorization = h.authorization!.replace('x-sdk-date', 'x-other')),
    ],
    ['another scheme', (h) => (h.authorization = 'Basic abc')],
  ])('refuses %s', (_, change) => {
    expect(isValid({}, change)).toBe(false);
  });
});

describe('parseSdkDate', () => {
  it('reads the basic ISO format only', () => {
    expect(parseSdkDate('20260102T023000Z')).toBe(START);
    expect([parseSdkDate('2026-01-02T02:30:00Z'), parseSdkDate(null)]).toEqual([
      undefined,
      undefined,
    ]);
  });
});
