import { describe, expect, it } from 'vitest';
import { toHttpResponse } from '../../../../local/functiongraph/apig/response.ts';

const result = { statusCode: 201, headers: { 'X-Own': 1 }, body: 'text', isBase64Encoded: false };

describe('toHttpResponse', () => {
  it('returns status, headers and body of a result', async () => {
    const response = toHttpResponse(JSON.stringify(result));
    expect([response?.status, response?.headers.get('x-own')]).toEqual([201, '1']);
    expect(await response?.text()).toBe('text');
  });

  it('decodes a Base64 body', async () => {
    const bytes = toHttpResponse(
      JSON.stringify({ ...result, body: '/wA=', isBase64Encoded: true }),
    );
    expect([...new Uint8Array(await bytes!.arrayBuffer())]).toEqual([255, 0]);
  });

  it('sends no body with status 204', () => {
    expect(toHttpResponse(JSON.stringify({ ...result, statusCode: 204 }))?.body).toBeNull();
  });

  it.each([
    ['nothing', ''],
    ['a bare text', '"ok"'],
    ['no status', JSON.stringify({ ...result, statusCode: undefined })],
    ['a status of 0', JSON.stringify({ ...result, statusCode: 0 })],
    ['a status as text', JSON.stringify({ ...result, statusCode: '200' })],
    ['an object as body', JSON.stringify({ ...result, body: {} })],
    ['an invalid header name', JSON.stringify({ ...result, headers: { 'a b': 'x' } })],
  ])('refuses %s', (_, text) => {
    expect(toHttpResponse(text)).toBeUndefined();
  });
});
