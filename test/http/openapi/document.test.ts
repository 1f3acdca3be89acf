import { Ajv2020 as Ajv } from 'ajv/dist/2020.js';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { routes } from '../../../lib/http/all-routes.ts';
import { openApiDocument } from '../../../lib/http/openapi/document.ts';
import { api } from '../support/api.ts';
import { READER } from '../../../testing/keys.ts';

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
      'get /v1/metrics',
      'get /v1/openapi.json',
      'get /v1/policies',
      'get /v1/runs',
      'get /v1/runs/{id}',
      'post /v1/plan',
      'post /v1/restores',
      'post /v1/runs',
      'post /v1/runs/{id}/cancel',
    ]);
    expect(body.servers).toEqual([{ url: '/backup' }]);
  });
});

type Content = Record<
  string,
  { schema: { $ref: string }; example?: unknown; examples?: Record<string, { value: unknown }> }
>;
type Response = { description: string; content: Content };
type Operation = {
  security?: Record<string, string[]>[];
  requestBody?: { content: Content };
  responses: Record<string, Response | { $ref: string }>;
};
type Document = {
  paths: Record<string, Record<string, Operation>>;
  components: {
    responses: Record<string, Response>;
    securitySchemes: Record<string, { in?: string; name?: string }>;
  };
};

describe('the OpenAPI document', () => {
  const document = openApiDocument(routes, '') as Document;
  const { components } = document;
  const ajv = new Ajv({ strict: false, validateFormats: false, schemas: { document } });
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method} ${path}`,
      operation,
    })),
  );
  const responseOf = (response: Response | { $ref: string }): Response =>
    '$ref' in response
      ? (components.responses[response.$ref.replace('#/components/responses/', '')] as Response)
      : response;

  it.each(operations)('has valid examples of all bodies of $name', ({ operation }) => {
    const contents = [
      ...(operation.requestBody === undefined ? [] : [operation.requestBody.content]),
      ...Object.values(operation.responses).map((one) => responseOf(one).content),
    ];
    for (const { schema, example, examples = {} } of contents.flatMap((one) =>
      Object.values(one),
    )) {
      const values = [
        ...(example === undefined ? [] : [example]),
        ...Object.values(examples).map(({ value }) => value),
      ];
      expect(values).not.toEqual([]);
      const check = ajv.compile({ $ref: `document${schema.$ref}` });
      expect(values.filter((value) => !check(value))).toEqual([]);
    }
  });

  it.each(routes)('has examples of $id that its own schemas accept unchanged', (route) => {
    for (const { schema, example } of Object.values(route.responses)) {
      expect(schema.parse(example)).toEqual(example);
    }
    for (const { value } of Object.values(route.bodyExamples ?? {})) route.body?.parse(value);
  });

  it.each(operations)('describes each status of $name in words of its own', ({ operation }) => {
    const texts = Object.values(operation.responses).map((one) => responseOf(one).description);
    expect(new Set(texts).size).toBe(texts.length);
    expect(Object.keys(operation.responses)).toEqual(
      expect.arrayContaining(['400', '401', '403', '413', '500', '503']),
    );
  });

  it('lets a webhook start runs only with all three of its headers', () => {
    const signed = operations.flatMap(({ name, operation }) =>
      (operation.security ?? [])
        .filter((one) => !('token' in one))
        .map((one) => [
          name,
          Object.keys(one).map((scheme) => components.securitySchemes[scheme]?.name),
        ]),
    );
    expect(signed).toEqual([
      ['post /v1/runs', ['webhook-id', 'webhook-timestamp', 'webhook-signature']],
    ]);
  });
});
