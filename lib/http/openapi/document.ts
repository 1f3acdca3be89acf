import * as z from 'zod';
import { policyStatusSchema } from '../../run/query/schemas/policy.ts';
import { runPhoneSchema, runSummarySchema } from '../../run/query/schemas/run.ts';
import { problemSchema } from '../problem.ts';
import type { Route } from '../route.ts';
import { bodyName, contentOf, headersOf, type Json, operation, responseName } from './operation.ts';
import { described } from './problems.ts';
import { securitySchemes } from './security.ts';

const VERSION = '1';

/** Schemas with a name of their own in the document. */
const named: Record<string, z.ZodType> = {
  Problem: problemSchema,
  RunSummary: runSummarySchema,
  RunPhone: runPhoneSchema,
  PolicyStatus: policyStatusSchema,
};

const TAGS = {
  Runs: 'Start, follow and cancel runs.',
  Policies: 'What a policy would do, and how fresh its backups are.',
  Archives: 'Verified archives.',
  Monitoring: 'Metrics for Prometheus.',
  API: 'About this API.',
};

/** Returns the OpenAPI 3.1 document of the routes, from the schemas that validate their calls. `mount`: the path before /v1. */
export function openApiDocument(routes: readonly Route[], mount: string): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Phonevault',
      version: VERSION,
      description: 'Backups of Huawei Cloud Phones: starts, plans, shows and cancels runs.',
      contact: { name: 'Phonevault', url: 'https://github.com/phonevault/phonevault' },
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: mount === '' ? '/' : mount }],
    security: [{ token: [] }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: { securitySchemes, responses: problems(), schemas: schemasOf(routes) },
  };
}

const problems = (): Json =>
  Object.fromEntries(
    Object.values(described).map(({ name, description, example, headers }) => [
      name,
      {
        description: `${description} RFC 9457 problem details.`,
        ...(headers === undefined ? {} : { headers: headersOf(headers) }),
        content: contentOf('application/problem+json', 'Problem', { example }),
      },
    ]),
  );

function schemasOf(routes: readonly Route[]): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  for (const { id, body, responses } of routes) {
    if (body !== undefined) registry.add(body, { id: bodyName(id) });
    for (const [status, { schema }] of Object.entries(responses)) {
      registry.add(schema, { id: responseName(id, status) });
    }
  }
  const uri = (id: string): string => `#/components/schemas/${id}`;
  const { schemas } = z.toJSONSchema(registry, { uri, io: 'input' });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, schema]) => [id, without(schema as Json)]),
  );
}

/** Drops the ids: in the document the path of a schema is its name. */
function without({ $schema: _schema, $id: _id, ...schema }: Json): Json {
  return schema;
}
