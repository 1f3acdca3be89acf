import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PhonevaultError } from '../../../lib/errors.ts';
import { parseApigEvent } from '../../../lib/runtime/events/apig-event.ts';

/** A captured event: header names in lower case, the body in base64, the rest of the path under the empty name. */
const captured = {
  requestContext: { apiId: '0f1e', requestId: '7a7a', stage: 'RELEASE' },
  httpMethod: 'POST',
  path: '/backup/v1/runs',
  pathParameters: { '': 'v1/runs' },
  queryStringParameters: { dryRun: '1' },
  headers: {
    host: 'x.apic.example.com',
    'content-type': 'application/json',
    'x-forwarded-for': '203.0.113.9',
  },
  body: Buffer.from('{"policy":"nightly"}').toString('base64'),
  isBase64Encoded: true,
};

describe('parseApigEvent', () => {
  it('reads a captured event', async () => {
    const { request, mount } = parseApigEvent(captured);

    expect(mount).toBe('/backup');
    expect(request.method).toBe('POST');
    expect(request.url).toBe('http://phonevault/v1/runs?dryRun=1');
    expect(request.headers.get('Content-Type')).toBe('application/json');
    expect(await request.text()).toBe('{"policy":"nightly"}');
  });

  it.each([
    ['/v1/runs', undefined, '', '/v1/runs'],
    ['/v1/runs', { '': 'runs' }, '', '/v1/runs'],
    ['/v1/runs/', { '': 'runs/' }, '', '/v1/runs/'],
    ['/backup/v1/runs/a', { '': 'v1/runs/a' }, '/backup', '/v1/runs/a'],
    ['/backup/v1/runs', { '': '/v1/runs' }, '/backup', '/v1/runs'],
    ['/a/b/v1/plan', null, '/a/b', '/v1/plan'],
    ['/v1/x/v1/plan', { '': 'v1/plan' }, '/v1/x', '/v1/plan'],
    ['/v1/x/v1/plan', undefined, '/v1/x', '/v1/plan'],
    ['/v1/x/v1/plan', { '': 'v1/x/v1/plan' }, '/v1/x', '/v1/plan'],
    ['/somewhere', { '': 'v1/plan' }, '', '/v1/plan'],
    ['/elsewhere', { id: 'v1/plan' }, '', '/elsewhere'],
    ['//evil.example/v1/runs', {}, '/evil.example', '/v1/runs'],
    ['/\\\\evil.example/v1/runs', {}, '/evil.example', '/v1/runs'],
    ['/..//evil.example/./v1/runs', {}, '/evil.example', '/v1/runs'],
    ['/备份/v1/runs', {}, '/%E5%A4%87%E4%BB%BD', '/v1/runs'],
    ['/a\r\nSet-Cookie: a=b/v1/runs', {}, '/aSet-Cookie:%20a=b', '/v1/runs'],
    ['/a\u0000\uD800?#b/v1/runs', {}, '/a%00%EF%BF%BD%3F%23b', '/v1/runs'],
    [`/v1/runs/${'x'.repeat(9_000)}`, {}, '', `/v1/runs/${'x'.repeat(8_183)}`],
  ])('finds the route in %s with %o', (path, pathParameters, mount, route) => {
    const call = parseApigEvent({ ...captured, path, pathParameters });
    expect(call.mount).toBe(mount);
    expect(new URL(call.request.url).pathname).toBe(route);
    expect(new URL(call.request.url).host).toBe('phonevault');
  });

  it('gives any path a mount that is a path in a header', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { mount } = parseApigEvent({
          ...captured,
          path: `/${text}/v1/runs`,
          pathParameters: {},
        });
        expect(mount).toMatch(/^(\/[\x21-\x7e]+)*$/);
        expect(mount.startsWith('//')).toBe(false);
        expect(new URL(`${mount}/v1/runs`, 'https://gateway.example').host).toBe('gateway.example');
      }),
    );
  });

  it('does not read a question mark in the path as a query', () => {
    const { request } = parseApigEvent({
      ...captured,
      path: '/v1/runs/a?b#c d',
      pathParameters: {},
    });
    expect(new URL(request.url).search).toBe('?dryRun=1');
  });

  it.each([
    [{ a: '1', b: ['2', '3'], c: null, d: 4, e: true }, 'a=1&b=2&b=3&d=4&e=true'],
    [{ a: 'x&y=z' }, 'a=x%26y%3Dz'],
    [{ ['n'.repeat(9_000)]: ['1', '2'] }, `${'n'.repeat(256)}=1&${'n'.repeat(256)}=2`],
    [{ a: Array.from({ length: 150 }, () => '1') }, Array(100).fill('a=1').join('&')],
    [null, ''],
    [undefined, ''],
  ])('reads the query %o', (queryStringParameters, expected) => {
    const { request } = parseApigEvent({ ...captured, queryStringParameters });
    expect(new URL(request.url).search.slice(1)).toBe(expected);
  });

  it.each([
    ['text', 'é', false, 'é'],
    ['text without isBase64Encoded', 'é', undefined, 'é'],
    ['nothing', undefined, true, ''],
    ['null', null, null, ''],
  ])('reads a body of %s', async (_what, body, isBase64Encoded, expected) => {
    const { request } = parseApigEvent({ ...captured, body, isBase64Encoded });
    expect(await request.text()).toBe(expected);
  });

  it('reads headers of any case and lists, and drops headers that HTTP does not allow', () => {
    const headers = {
      AUTHORIZATION: 'Bearer x',
      'x-list': ['a', 'b'],
      'bad name': 'x',
      bad: 'a\nb',
    };
    const { request } = parseApigEvent({ ...captured, httpMethod: 'get', headers });
    expect(request.method).toBe('GET');
    expect(request.headers.get('authorization')).toBe('Bearer x');
    expect(request.headers.get('x-list')).toBe('a, b');
    expect(request.headers.has('bad')).toBe(false);
  });

  it.each([
    ['nothing', undefined],
    ['a timer', { trigger_type: 'TIMER', time: '2026-02-03T02:15:00+08:00' }],
    ['a list', []],
    ['no path', { ...captured, path: undefined }],
    ['an invalid path', { ...captured, path: 'v1' }],
    ['an unknown method', { ...captured, httpMethod: 'CONNECT' }],
    ['a body that is not a text', { ...captured, body: { policy: 'nightly' } }],
  ])('throws event_invalid for %s', (_what, event) => {
    expect(() => parseApigEvent(event)).toThrow(
      expect.objectContaining({ code: 'event_invalid', hint: expect.any(String) as string }),
    );
  });

  it('returns a request or throws event_invalid for any input', () => {
    const dictionary = fc.option(
      fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.array(fc.string())), { maxKeys: 4 }),
    );
    const events = fc.record({
      httpMethod: fc.constantFrom('GET', 'POST', 'DELETE'),
      path: fc.string().map((text) => `/${text}`),
      pathParameters: dictionary,
      queryStringParameters: dictionary,
      headers: dictionary,
      body: fc.option(fc.string()),
      isBase64Encoded: fc.option(fc.boolean()),
    });
    fc.assert(
      fc.property(fc.oneof(events, fc.json()), (event) => {
        try {
          expect(parseApigEvent(event).request.url).toMatch(/^http:\/\/phonevault\//);
        } catch (error) {
          if (!(error instanceof PhonevaultError)) throw error;
          expect(error.code).toBe('event_invalid');
        }
      }),
      { numRuns: 60 },
    );
  });
});
