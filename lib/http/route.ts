import * as z from 'zod';
import type { RunDeps } from '../run/deps.ts';
import type { Wake } from '../run/request/wake-drive.ts';
import type { Caller, Callers } from './authenticate.ts';
import { readBody, readQuery } from './input.ts';
import type { Scope } from './tokens.ts';

/** The dependencies of one call. They hold the invocation's credentials, so each call gets its own. */
export type HttpDeps = {
  run: Pick<
    RunDeps,
    'random' | 'store' | 'cph' | 'archives' | 'clock' | 'ledger' | 'log' | 'readings' | 'reads'
  >;
  wake: Wake;
  callers: Callers;
  /** The path before /v1 in the address that callers use. */
  mount: string;
  /** The deadline of the response (epoch ms). */
  until: number;
};

export type RouteResponse = {
  status: 200 | 202;
  /** Sent as JSON; a text of another media type as it is. */
  body: unknown;
  headers?: Record<string, string>;
  /** The id of its run, for the log. */
  run?: string;
};

/** A call of an authorized caller. */
export type RawCall = {
  deps: HttpDeps;
  caller: Caller;
  headers: Headers;
  /** The `{id}` of the path, or ''. */
  id: string;
  search: URLSearchParams;
  bytes: Uint8Array;
};

type Contract = {
  /** The operation's name in the OpenAPI document. */
  id: string;
  method: 'GET' | 'POST';
  path: string;
  scope: Scope | 'any';
  summary: string;
  tag: 'Runs' | 'Policies' | 'Archives' | 'Monitoring' | 'API';
  /** Request headers and their descriptions. */
  headers?: Record<string, string>;
  responses: Partial<
    Record<
      200 | 202,
      {
        description: string;
        schema: z.ZodType;
        example: unknown;
        headers?: Record<string, string>;
        /** The media type of a text that is not JSON. */
        type?: string;
      }
    >
  >;
  /** Example bodies of the document, by name. */
  bodyExamples?: Record<string, { summary: string; value: unknown }>;
  /** Statuses of problems beside those that every operation may have. */
  problems: number[];
};

export type Route = Contract & {
  query: z.ZodObject;
  body: z.ZodType | undefined;
  handle(call: RawCall): Promise<RouteResponse>;
};

/** Returns a route that validates query and body before it calls `handle`. */
export function route<Q extends z.ZodObject, B extends z.ZodType = z.ZodUndefined>(
  spec: Contract & {
    query: Q;
    body?: B;
    handle(call: RawCall & { query: z.output<Q>; body: z.output<B> }): Promise<RouteResponse>;
  },
): Route {
  const { query, body, handle, ...contract } = spec;
  return {
    ...contract,
    query,
    body,
    handle: async (call) =>
      handle({
        ...call,
        query: readQuery(query, call.search),
        body: readBody(
          body ?? z.undefined(),
          body === undefined ? undefined : call.bytes,
        ) as z.output<B>,
      }),
  };
}

/** A query without parameters. */
export const noQuery = z.strictObject({});
