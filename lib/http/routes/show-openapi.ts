import * as z from 'zod';
import { openApiDocument } from '../openapi/document.ts';
import { noQuery, type Route, route } from '../route.ts';

/** Returns the route of the OpenAPI document, which describes itself too. */
export function showOpenApi(others: readonly Route[]): Route {
  const own: Route = route({
    id: 'showOpenApi',
    method: 'GET',
    path: '/v1/openapi.json',
    tag: 'API',
    scope: 'any',
    summary: 'This document.',
    query: noQuery,
    responses: {
      200: {
        description: 'OpenAPI 3.1.',
        schema: z.record(z.string(), z.unknown()),
        example: { openapi: '3.1.0' },
      },
    },
    problems: [],
    handle: async ({ deps }) => ({
      status: 200,
      body: openApiDocument([...others, own], deps.mount),
    }),
  });
  return own;
}
