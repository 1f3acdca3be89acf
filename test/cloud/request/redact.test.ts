import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scrub } from '../../../lib/cloud/request/redact.ts';

describe('scrub', () => {
  it.each([
    ['phone 0123456789abcdef0123456789abcdef not found', undefined],
    ['limit:6,time:1 minute', undefined],
    ['at 2026-01-02T03:04:05Z', undefined],
    ['token MIIEpAIBAAKCAQEAx0123456789abcdefghij+/= bad', 'token [secret] bad'],
    ['refused MIIC-x7_Zq-0123456789-abcdefg-hijkl-mnopq.', 'refused [secret].'],
    ['request 123e4567-e89b-12d3-a456-426614174000', undefined],
    ['GET https://h/p?sig=abc&x=1 failed', 'GET https://h/p?[query] failed'],
    ['from 192.168.0.12 port', 'from [address] port'],
    ['from fe80:0:0:0:1:2:3:4 port', 'from [address] port'],
    ['imei=861234567890123.', 'imei=[number].'],
    ['two\nlines\u0000\u202e', 'two lines'],
  ])('%s', (text, expected) => {
    expect(scrub(text)).toBe(expected ?? text);
  });

  it('is one bounded line, whatever comes in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (text) => {
        const clean = scrub(text, 100);
        expect(clean.length).toBeLessThanOrEqual(100);
        expect(clean).not.toMatch(/[\r\n]/);
      }),
    );
  });
});
