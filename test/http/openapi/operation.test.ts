import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { operation } from '../../../lib/http/openapi/operation.ts';
import { noQuery, route, type Route } from '../../../lib/http/route.ts';

const plain = route({
  id: 'showThing',
  method: 'GET',
  path: '/v1/things',
  tag: 'API',
  scope: 'read',
  summary: 'A thing.',
  query: noQuery,
  responses: { 200: { description: 'The thing.', schema: z.object({}), example: { a: 1 } } },
  problems: [404],
  handle: async () => ({ status: 200, body: {} }),
});
const described = (changes: Partial<Route> = {}) => operation({ ...plain, ...changes });

describe('operation', () => {
  it('names its schemas after the route, and its problems after their status', () => {
    const { responses, operationId } = described();
    expect(operationId).toBe('showThing');
    expect(responses).toMatchObject({
      200: {
        description: 'The thing.',
        content: {
          'application/json': {
            schema: { $ref: '#/components/schemas/ShowThingResponse' },
            example: { a: 1 },
          },
        },
      },
      404: { $ref: '#/components/responses/NotFound' },
      503: { $ref: '#/components/responses/ServiceUnavailable' },
    });
    expect(responses).not.toHaveProperty('409');
  });

  it('has the media type of a response that is not JSON', () => {
    const type = 'text/plain; version=0.0.4';
    const text = { description: 'A text.', schema: z.string(), example: 'a 1', type };
    const { responses } = described({ responses: { 200: text } });
    expect(responses).toMatchObject({ 200: { content: { [type]: { example: 'a 1' } } } });
    expect(responses).not.toMatchObject({ 200: { content: { 'application/json': {} } } });
  });

  it('names the schema of an accepted request apart from that of a response', () => {
    const accepted = { description: 'Accepted.', schema: z.object({}), example: {} };
    const { responses } = described({
      responses: { 202: { ...accepted, headers: { Location: 'The run.' } } },
    });
    expect(responses).toMatchObject({
      202: {
        headers: { Location: { description: 'The run.', schema: { type: 'string' } } },
        content: {
          'application/json': { schema: { $ref: '#/components/schemas/ShowThingAccepted' } },
        },
      },
    });
  });

  it('has the parameters of the path, the headers and the query', () => {
    const query = z.strictObject({
      max: z.coerce.number().int().max(9).default(3).describe('How many.'),
      since: z.string().transform(Number).optional(),
    });
    const { parameters } = described({
      path: '/v1/things/{id}',
      headers: { 'X-A': 'An A.' },
      query,
    });
    expect(parameters).toMatchObject([
      { name: 'id', in: 'path', required: true },
      { name: 'X-A', in: 'header', description: 'An A.' },
      { name: 'max', in: 'query', description: 'How many.', schema: { maximum: 9, default: 3 } },
      { name: 'since', in: 'query', schema: { type: 'string' } },
    ]);
    expect(described().parameters).toEqual([]);
  });

  it('has a body only where the route has one', () => {
    const bodyExamples = { all: { summary: 'All.', value: {} } };
    expect(described({ body: z.object({}), bodyExamples }).requestBody).toEqual({
      required: true,
      content: {
        'application/json': {
          schema: { $ref: '#/components/schemas/ShowThingBody' },
          examples: bodyExamples,
        },
      },
    });
    expect(described()).not.toHaveProperty('requestBody');
  });

  it('lets a webhook call only what starts runs', () => {
    const security = (scope: Route['scope']) => described({ scope }).security;
    expect(security('run')).toHaveLength(2);
    expect([security('read'), security('cancel'), security('any')]).toEqual([
      ...[undefined, undefined, undefined],
    ]);
  });
});
