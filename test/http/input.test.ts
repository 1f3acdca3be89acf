import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { problemSchema } from '../../lib/http/problem.ts';
import { NIGHTLY } from '../../testing/night.ts';
import { api, type Api } from './support/api.ts';

const start = (body: unknown) => ['POST', '/v1/runs', { key: 'k', body }] as const;
const list = (query: Record<string, string | string[]>) => ['GET', '/v1/runs', { query }] as const;

let call: Api['call'];

beforeAll(async () => {
  const made = await api({ phones: 2, servers: 1 });
  await made.putPolicy(NIGHTLY);
  await made.putPolicy('name: broken\nselect: {}\n', 'broken');
  call = made.call;
});

describe('invalid input', () => {
  it.each([
    ['no body', start(undefined), 400, 'not_json'],
    ['what is not JSON', start('{"policy":'), 400, 'not_json'],
    ['what is not UTF-8', start('{"policy":"\uD800"}'), 400, 'body_invalid'],
    ['JSON of another shape', start([]), 400, 'body_invalid'],
    ['null', start('null'), 400, 'body_invalid'],
    ['deep JSON', start('['.repeat(50_000) + ']'.repeat(50_000)), 400, 'body_invalid'],
    ['a body of 7 MB', start('x'.repeat(7 * 1024 * 1024)), 413, 'body_too_large'],
    ['an unknown field', start({ policy: 'nightly', phone: 'a' }), 400, 'body_invalid'],
    [
      '__proto__ as a field',
      start('{"policy":"nightly","__proto__":{"a":1}}'),
      400,
      'body_invalid',
    ],
    ['__proto__ as a policy', start({ policy: '__proto__' }), 400, 'body_invalid'],
    ['__proto__ as all there is', start('{"__proto__":{"policy":"nightly"}}'), 400, 'body_invalid'],
    ['constructor as a policy', start({ policy: 'constructor' }), 404, 'policy_not_found'],
    ['a path as a policy', start({ policy: '../state/limits' }), 400, 'body_invalid'],
    ['an unknown policy', start({ policy: 'weekly' }), 404, 'policy_not_found'],
    ['a broken policy', start({ policy: 'broken' }), 422, 'policy_invalid'],
    ['no phones', start({ policy: 'nightly', phones: [] }), 400, 'body_invalid'],
    [
      'too many phones',
      start({ policy: 'nightly', phones: Array(1001).fill('a') }),
      400,
      'body_invalid',
    ],
    ['a phone that is none', start({ policy: 'nightly', phones: ['a/b'] }), 400, 'body_invalid'],
    ['no key', ['POST', '/v1/runs', { body: { policy: 'nightly' } }] as const, 400, 'key_missing'],
    ['an unknown parameter', list({ polcy: 'nightly' }), 400, 'query_invalid'],
    ['__proto__ as a parameter', list({ ['__proto__']: 'x' }), 400, 'query_invalid'],
    ['a parameter given twice', list({ policy: ['a', 'b'] }), 400, 'query_invalid'],
    ['a limit too high', list({ limit: '101' }), 400, 'query_invalid'],
    ['a limit that is none', list({ limit: 'ten' }), 400, 'query_invalid'],
    ['an unknown outcome', list({ outcome: 'fine' }), 400, 'query_invalid'],
    ['a time without a zone', list({ since: '2026-01-01T00:00:00' }), 400, 'query_invalid'],
    ['an unknown run', ['GET', '/v1/runs/nightly-1', {}] as const, 404, 'run_unknown'],
    ['a run that cannot be', ['GET', '/v1/runs/__proto__', {}] as const, 404, 'run_unknown'],
    ['a run with a path', ['GET', '/v1/runs/..%2F..%2Fstate', {}] as const, 404, 'run_unknown'],
    [
      'an unknown run to cancel',
      ['POST', '/v1/runs/nightly-1/cancel', {}] as const,
      404,
      'run_unknown',
    ],
    ['an unknown address', ['GET', '/v1/phones', {}] as const, 404, 'route_unknown'],
    ['another method', ['DELETE', '/v1/runs', {}] as const, 405, 'method_wrong'],
    [
      'an unknown policy to plan',
      ['POST', '/v1/plan', { body: { policy: 'weekly' } }] as const,
      404,
      'policy_not_found',
    ],
    [
      'a broken policy to plan',
      ['POST', '/v1/plan', { body: { policy: 'broken' } }] as const,
      422,
      'policy_invalid',
    ],
  ])('gets a problem with a code: %s', async (_what, [method, path, options], status, code) => {
    const answer = await call(method, path, options);

    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(problemSchema.parse(answer.body).status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.text.length).toBeLessThan(3_000);
  });

  it.each([
    ['a policy that is not there', start({ policy: 'hunter2' }), 404],
    ['a policy to plan', ['POST', '/v1/plan', { body: { policy: 'hunter2' } }] as const, 404],
    ['a run', ['GET', '/v1/runs/hunter2', {}] as const, 404],
    ['an address', ['GET', '/v1/hunter2', {}] as const, 404],
    ['a query', list({ hunter2: 'hunter2' }), 400],
    ['a key', ['POST', '/v1/runs', { key: 'hunter2 ', body: {} }] as const, 400],
  ])('is not quoted: %s', async (_what, [method, path, options], status) => {
    const answer = await call(method, path, options);
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain('hunter2');
  });

  it('names the key when it was used for another request', async () => {
    const options = { key: 'twice', body: { policy: 'nightly' } };
    await call('POST', '/v1/runs', options);
    const other = { policy: 'nightly', phones: ['p1'] };
    const { status, body } = await call('POST', '/v1/runs', { ...options, body: other });
    expect([status, body.detail]).toEqual([
      409,
      'This key was used for another request. Use a new one.',
    ]);
  });

  it('names the path of every error in a body', async () => {
    const { body } = await call(...start({ policy: 'Nightly', phones: ['ok', 'a/b'], hunter2: 1 }));
    expect(body.errors).toEqual([
      { path: 'policy', message: expect.stringContaining('policy name') as string },
      { path: 'phones.1', message: expect.stringContaining('phone id') as string },
      { path: '', message: '1 unknown name' },
    ]);
  });

  it('never causes a 500', async () => {
    const path = fc.oneof(
      fc.constantFrom('/v1/runs', '/v1/plan', '/v1/policies', '/v1/runs/a', '/v1/runs/a/cancel'),
      fc.string().map((text) => `/v1/${text}`),
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc
        .record({ policy: fc.jsonValue(), phones: fc.jsonValue() })
        .map((value) => JSON.stringify(value)),
    );
    const query = fc.dictionary(
      fc.oneof(fc.constantFrom('policy', 'limit', 'after', 'since', 'phones'), fc.string()),
      fc.string(),
    );
    const property = fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'PUT'),
      path,
      fc.record({ body: text, query, key: fc.string() }),
      async (method, where, options) => {
        const { status } = await call(method, where, options);
        expect(status).toBeLessThan(500);
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });
});
