import * as z from 'zod';
import type { RunDeps } from '../run/deps.ts';
import type { Wake } from '../run/request/wake-drive.ts';
import type { Caller, Callers } from './authenticate.ts';
import { readBody, readQuery } from './input.ts';
import type { Scope } from './tokens.ts';

/** What one call needs from outside. Credentials are the invocation's, so it is made anew for each. */
export type HttpDeps = {
  run: Pick<RunDeps, 'random' | 'store' | 'cph' | 'archives' | 'clock' | 'ledger' | 'log'>;
  wake: Wake;
  callers: Callers;
  /** What lies before /v1 in the address that callers use. */
  mount: string;
  /** When the answer must be under way (epoch ms). */
  until: number;
};

export type Answer = {
  status: 200 | 202;
  body: unknown;
  headers?: Record<string, string>;
  /** The run that it is about, for the log. */
  run?: string;
};

/** A call as it comes in, its caller known and allowed. */
export type RawCall = {
  deps: HttpDeps;
  caller: Caller;
  headers: Headers;
  /** The `{id}` of the path, '' where there is none. */
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
  /** Headers that the call takes, and what they are for. */
  headers?: Record<string, string>;
  answers: Partial<
    Record<200 | 202, { description: string; schema: z.ZodType; headers?: Record<string, string> }>
  >;
  /** Statuses of problems beside those that every call may meet. */
  problems: number[];
};

export type Route = Contract & {
  query: z.ZodObject;
  body: z.ZodType | undefined;
  handle(call: RawCall): Promise<Answer>;
};

/** A route: what it takes and gives, and what it does. Query and body have been checked when `handle` is called. */
export function route<Q extends z.ZodObject, B extends z.ZodType = z.ZodUndefined>(
  spec: Contract & {
    query: Q;
    body?: B;
    handle(call: RawCall & { query: z.output<Q>; body: z.output<B> }): Promise<Answer>;
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
