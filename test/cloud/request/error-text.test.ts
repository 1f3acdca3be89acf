import { describe, expect, it } from 'vitest';
import { describe as describeError, errorBody } from '../../../lib/cloud/request/error-text.ts';

const bytes = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

describe('errorBody', () => {
  it.each([
    [
      "CPH's",
      { error_code: 'CPS.0167', error_msg: 'bad infos', request_id: 'r1' },
      { code: 'CPS.0167', message: 'bad infos', requestId: 'r1' },
    ],
    [
      "Keystone's",
      { error: { code: 404, message: 'gone', title: 'Not Found' } },
      { code: '404', message: 'gone' },
    ],
    ["SMN's", { code: 'SMN.00308', message: 'denied' }, { code: 'SMN.00308', message: 'denied' }],
    [
      'the inner code first',
      { error: { code: 'A.1' }, error_code: 'B.1', code: 'C.1' },
      { code: 'A.1' },
    ],
    ['an object without any', { error: null, code: '' }, {}],
    ['a list', [], {}],
  ])('reads %s error', (_what, body, expected) => {
    expect(errorBody(bytes(body))).toEqual(expected);
  });

  it.each(['', '<html>', 'null', '7', '"text"'])('returns undefined for %j', (text) => {
    expect(errorBody(bytes(text))).toBeUndefined();
  });

  it('cuts a long text', () => {
    expect(errorBody(bytes({ message: 'x'.repeat(9_000) }))?.message).toHaveLength(2_000);
  });
});

describe('describe', () => {
  const call = { service: 'cph', operation: 'list-phones' };

  it.each([
    [{}, 'cph list-phones: failed'],
    [{ status: 502 }, 'cph list-phones: failed (HTTP 502)'],
    [{ requestId: 'r1' }, 'cph list-phones: failed (request r1)'],
    [
      { status: 400, code: 'CPS.0099', message: 'bad', requestId: 'r1' },
      'cph list-phones: CPS.0099 bad (HTTP 400, request r1)',
    ],
  ])('writes %j as one line', (facts, expected) => {
    expect(describeError(call, facts)).toBe(expected);
  });

  it('removes keys, addresses and IMEIs from the service text', () => {
    const key = 'MIIabcdefghijklmnopqrstuvwxyz0123456789';
    const text = `bad ${key} of 10.1.2.3 imei 861234567890123\n${'x y '.repeat(500)}`;
    const line = describeError(call, { status: 400, code: 'CPS.0099', message: text });
    expect(line).toMatch(/^cph list-phones: CPS\.0099 bad .*HTTP 400/);
    expect(line).not.toMatch(/MII|10\.1|8612|\n/);
    expect(line.length).toBeLessThan(320);
  });
});
