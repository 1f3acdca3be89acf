import * as z from 'zod';
import { policyStatusSchema } from '../run/query/schemas/policy.ts';
import { runPhoneSchema, runSummarySchema } from '../run/query/schemas/run.ts';
import { problemSchema } from './problem.ts';
import type { Route } from './route.ts';

const VERSION = '1';

type Json = Record<string, unknown>;

/** Schemas with a name of their own in the document. */
const named: Record<string, z.ZodType> = {
  Problem: problemSchema,
  RunSummary: runSummarySchema,
  RunPhone: runPhoneSchema,
  PolicyStatus: policyStatusSchema,
};

/** Returns the OpenAPI 3.1 document of the routes, from the schemas that validate their calls. `mount`: the path before /v1. */
export function openApiDocument(routes: readonly Route[], mount: string): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  for (const { id, body, responses } of routes) {
    if (body !== undefined) registry.add(body, { id: `${capital(id)}Body` });
    for (const [status, { schema }] of Object.entries(responses)) {
      registry.add(schema, { id: responseName(id, status) });
    }
  }
  const uri = (id: string): string => `#/components/schemas/${id}`;
  const { schemas } = z.toJSONSchema(registry, { uri, io: 'input' });
  const plain = Object.entries(schemas).map(
    ([id, schema]) => [id, without(schema as Json)] as const,
  );
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Phonevault',
      version: VERSION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: mount === '' ? '/' : mount }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        webhook: {
          type: 'apiKey',
          in: 'header',
          name: 'webhook-signature',
          description: 'Standard Webhooks, together with webhook-id and webhook-timestamp.',
        },
      },
      responses: {
        Problem: {
          description: 'RFC 9457 problem details.',
          content: contentOf('application/problem+json', 'Problem'),
        },
      },
      schemas: Object.fromEntries(plain),
    },
  };
}

function operation(route: Route): Json {
  const { id, summary, scope, query, body, responses } = route;
  const good = Object.entries(responses).map(([status, { description, headers }]) => [
    status,
    {
      description,
      ...(headers === undefined ? {} : { headers: headersOf(headers) }),
      content: contentOf('application/json', responseName(id, status)),
    },
  ]);
  // `default` stands for 500, 503 and other statuses that any operation may have.
  const bad = [400, 401, 403, 413, ...route.problems, 'default'].map((status) => [
    String(status),
    { $ref: '#/components/responses/Problem' },
  ]);
  return {
    operationId: id,
    summary,
    description: scope === 'any' ? 'Any bearer token.' : `Scope: ${scope}.`,
    ...(scope === 'run' ? { security: [{ token: [] }, { webhook: [] }] } : {}),
    parameters: [...pathParameters(route), ...headerParameters(route), ...queryParameters(query)],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: contentOf('application/json', `${capital(id)}Body`),
          },
        }),
    responses: Object.fromEntries([...good, ...bad]) as Json,
  };
}

const headersOf = (headers: Record<string, string>): Json =>
  Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [
      name,
      { description, schema: { type: 'string' } },
    ]),
  );

const contentOf = (type: string, name: string): Json => ({
  [type]: { schema: { $ref: `#/components/schemas/${name}` } },
});

function pathParameters({ path }: Route): Json[] {
  if (!path.includes('{id}')) return [];
  return [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }];
}

function headerParameters({ headers = {} }: Route): Json[] {
  return Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  }));
}

function queryParameters(query: z.ZodObject): Json[] {
  const { properties = {} } = z.toJSONSchema(query, { io: 'input' });
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...schema } = property as Json;
    return { name, in: 'query', ...(description === undefined ? {} : { description }), schema };
  });
}

const capital = (id: string): string => id.charAt(0).toUpperCase() + id.slice(1);

const responseName = (id: string, status: string): string =>
  `${capital(id)}${status === '202' ? 'Accepted' : 'Response'}`;

/** Drops the ids: in the document the path of a schema is its name. */
function without({ $schema: _schema, $id: _id, ...schema }: Json): Json {
  return schema;
}
