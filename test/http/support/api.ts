import { Ajv2020 as Ajv } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import type { Callers } from '../../../lib/http/authenticate.ts';
import { createHttpApp } from '../../../lib/http/app.ts';
import { openApiDocument } from '../../../lib/http/openapi/document.ts';
import { routes } from '../../../lib/http/all-routes.ts';
import { type ApigResponse, toApigResponse } from '../../../lib/runtime/apig-response.ts';
import { parseApigEvent } from '../../../lib/runtime/events/apig-event.ts';
import type { CloudOptions } from '../../../local/cloud.ts';
import { night, type Night } from '../../../testing/night.ts';
import {
  EXPIRED,
  hashOf,
  READER,
  TOKEN,
  tokenEntry,
  WEBHOOK_KEYS,
  webhookSecret,
} from '../../../testing/keys.ts';

const callers = (): Callers => ({
  tokens: [
    tokenEntry(`ci:read+run+cancel+restore:never:sha256-${hashOf(TOKEN)}`),
    tokenEntry(`screen:read:never:sha256-${hashOf(READER)}`),
    tokenEntry(`old:read+run:2025-12-31:sha256-${hashOf(EXPIRED)}`),
  ],
  webhooks: [webhookSecret(WEBHOOK_KEYS[0] ?? ''), webhookSecret(`crm:nightly:${WEBHOOK_KEYS[1]}`)],
});

type CallOptions = {
  token?: string | undefined;
  key?: string;
  headers?: Record<string, string | string[]>;
  query?: Record<string, string | string[]>;
  /** An object is sent as JSON, a text as it is. */
  body?: unknown;
};

type ApiResult = {
  status: number;
  headers: Record<string, string>;
  body: Record<string, unknown>;
  text: string;
};

export type Api = Night & {
  kicks: string[];
  /** A call as the gateway hands it over. By default with a token that may do everything. */
  call(method: string, path: string, options?: CallOptions): Promise<ApiResult>;
};

type Operation = {
  responses: Record<
    string,
    { $ref?: string; headers?: object; content?: Record<string, { schema: object }> }
  >;
};

const document = openApiDocument(routes, '') as {
  paths: Record<string, Record<string, Operation>>;
};
const ajv = new Ajv({ strict: false, validateFormats: false, schemas: { document } });

/** Checks that a response is as the OpenAPI document says: its status, its headers, and no other field. */
function expectDescribed(method: string, path: string, answer: ApigResponse): void {
  const { statusCode, headers, body } = answer;
  const type = headers['content-type'] ?? '';
  const value: unknown = body === '' ? undefined : valueOf(answer);
  const fits = (pattern: string) =>
    new RegExp(`^${pattern.replace('{id}', '[^/]+')}/?$`).test(path);
  const [pattern = ''] = Object.keys(document.paths).filter(fits);
  const { responses } = document.paths[pattern]?.[method.toLowerCase()] ?? { responses: {} };
  if (statusCode >= 300) {
    expect(headers['content-type']).toBe('application/problem+json');
    expectFits('#/components/schemas/Problem', value);
    if (pattern !== '' && statusCode !== 405) {
      expect(Object.keys(responses)).toContain(String(statusCode));
    }
    return;
  }
  const described = responses[String(statusCode)];
  expect(
    Object.keys(described?.headers ?? {}).filter((name) => !(name.toLowerCase() in headers)),
  ).toEqual([]);
  const schema = described?.content?.[type]?.schema as { $ref: string };
  expectFits(schema.$ref, value);
  const route = routes.find((one) => one.method === method && one.path === pattern);
  expect(route?.responses[statusCode as 200 | 202]?.schema.parse(value)).toEqual(value);
}

/** Returns the body as JSON, or as it is where it is none. */
function valueOf({ headers, body }: ApigResponse): unknown {
  return headers['content-type']?.includes('json') === true ? JSON.parse(body) : body;
}

function expectFits(ref: string, value: unknown): void {
  const check = ajv.compile({ $ref: `document${ref}` });
  expect(check(value) ? [] : check.errors).toEqual([]);
}

/** The API before an embedded cloud. */
export async function api(options: CloudOptions & { callers?: Callers } = {}): Promise<Api> {
  const { callers: known = callers(), ...cloudOptions } = options;
  const played = await night(cloudOptions);
  const app = createHttpApp();
  const kicks: string[] = [];
  const wake = {
    functiongraph: { invokeAsync: async (urn: string) => void kicks.push(urn) },
    driveUrn: 'urn:fss:r:p:function:default:drive',
  };
  return {
    ...played,
    kicks,
    call: async (method, path, { token = TOKEN, key, headers = {}, query = {}, body } = {}) => {
      const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
      const { request, mount } = parseApigEvent({
        httpMethod: method,
        path: `/backup${path}`,
        pathParameters: { '': path.slice(1) },
        queryStringParameters: query,
        headers: {
          ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
          ...headers,
        },
        body: Buffer.from(text).toString('base64'),
        isBase64Encoded: true,
      });
      const { deps } = played.invocation();
      const until = played.clock.now() + 50_000;
      const response = await app.respond(request, {
        run: deps,
        wake,
        callers: known,
        mount,
        until,
      });
      const answer = await toApigResponse(response);
      expectDescribed(method, path, answer);
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: (answer.body === '' ? {} : valueOf(answer)) as Record<string, unknown>,
        text: answer.body,
      };
    },
  };
}
