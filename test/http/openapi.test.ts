import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { api } from './support/api.ts';
import { READER } from '../../testing/keys.ts';

describe('GET /v1/openapi.json', () => {
  it('is a valid OpenAPI 3.1 document', async () => {
    const { call } = await api();
    const { status, body } = await call('GET', '/v1/openapi.json', { token: READER });
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(body));
    expect(errors).toBeUndefined();
    expect([status, valid, validator.version]).toEqual([200, true, '3.1']);
  });

  it('describes every route, itself included, under the mount path', async () => {
    const { call } = await api();
    const { body } = await call('GET', '/v1/openapi.json');
    const paths = body.paths as Record<string, object>;
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(operations.sort()).toEqual([
      'get /v1/archives',
      'get /v1/openapi.json',
      'get /v1/policies',
      'get /v1/runs',
      'get /v1/runs/{id}',
      'post /v1/plan',
      'post /v1/runs',
      'post /v1/runs/{id}/cancel',
    ]);
    expect(body.servers).toEqual([{ url: '/backup' }]);
  });
});
