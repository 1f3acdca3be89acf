import * as z from 'zod';
import type { Route } from '../route.ts';
import { COMMON, problemName } from './problems.ts';
import { WEBHOOK } from './security.ts';

export type Json = Record<string, unknown>;

/** Returns the operation object of a route. */
export function operation(route: Route): Json {
  const { id, tag, summary, scope, query, body, responses } = route;
  const good = Object.entries(responses).map(
    ([status, { description, headers, example, type = 'application/json' }]) => [
      status,
      {
        description,
        ...(headers === undefined ? {} : { headers: headersOf(headers) }),
        content: contentOf(type, responseName(id, status), { example }),
      },
    ],
  );
  const bad = [...COMMON, ...route.problems].map((status) => [
    String(status),
    { $ref: `#/components/responses/${problemName(status)}` },
  ]);
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: scope === 'any' ? 'Any bearer token.' : `Scope: ${scope}.`,
    ...(scope === 'run' ? { security: [{ token: [] }, WEBHOOK] } : {}),
    parameters: [...pathParameters(route), ...headerParameters(route), ...queryParameters(query)],
    ...(body === undefined ? {} : { requestBody: requestBody(route) }),
    responses: Object.fromEntries([...good, ...bad]) as Json,
  };
}

const requestBody = ({ id, bodyExamples: examples = {} }: Route): Json => ({
  required: true,
  content: contentOf('application/json', bodyName(id), { examples }),
});

export const headersOf = (headers: Record<string, string>): Json =>
  Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [
      name,
      { description, schema: { type: 'string' } },
    ]),
  );

export const contentOf = (type: string, name: string, examples: Json): Json => ({
  [type]: { schema: { $ref: `#/components/schemas/${name}` }, ...examples },
});

function pathParameters({ path }: Route): Json[] {
  if (!path.includes('{id}')) return [];
  const description = 'The id of a run.';
  return [{ name: 'id', in: 'path', required: true, description, schema: { type: 'string' } }];
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

export const bodyName = (id: string): string => `${capital(id)}Body`;

export const responseName = (id: string, status: string): string =>
  `${capital(id)}${status === '202' ? 'Accepted' : 'Response'}`;
