import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scrub } from '../../../lib/cloud/request/redact.ts';

describe('scrub', () => {
  it.each([
    'phone 0123456789abcdef0123456789abcdef not found',
    'limit:6,time:1 minute',
    'at 2026-01-02T03:04:05Z',
    'request 123e4567-e89b-12d3-a456-426614174000',
  ])('keeps %s', (text) => {
    expect(scrub(text)).toBe(text);
  });

  it.each([
    ['token MIIEpAIBAAKCAQEAx0123456789abcdefghij+/= bad', 'token [secret] bad'],
    ['refused MIIC-x7_Zq-0123456789-abcdefg-hijkl-mnopq.', 'refused [secret].'],
    ['GET https://h/p?sig=abc&x=1 failed', 'GET https://h/p?[query] failed'],
    ['from 192.168.0.12 port', 'from [address] port'],
    ['from fe80:0:0:0:1:2:3:4 port', 'from [address] port'],
    ['imei=861234567890123.', 'imei=[number].'],
    ['two\nlines\u0000\u202e', 'two lines'],
  ])('writes %j as %j', (text, expected) => {
    expect(scrub(text)).toBe(expected);
  });

  it('returns one line of at most `max` characters for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (text) => {
        const clean = scrub(text, 100);
        expect(clean.length).toBeLessThanOrEqual(100);
        expect(clean).not.toMatch(/[\r\n]/);
      }),
    );
  });
});
