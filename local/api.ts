import { gatewayError } from './answer.ts';
import { ConnectionCut, type FaultBook, withFaults } from './faults.ts';
import { hexId } from './random.ts';
import { decode, targetOf } from './raw-request.ts';
import type { Calls, Random, Service, Time } from './types.ts';

export type Call = {
  request: Request;
  params: Record<string, string>;
  query: URLSearchParams;
  body: Uint8Array;
};

export type Route = { method: string; path: string; operation: string };

export type ApiOptions<R extends Route> = {
  service: string;
  routes: readonly R[];
  calls: Calls;
  faults: FaultBook;
  time: Time;
  random: Random;
  /** The largest body taken, in bytes; 12 MB unless given. */
  maxBody?: number;
  /** Answers a request that a route was found for; authentication is its business. */
  run(route: R, call: Call): Promise<Response>;
};

const MAX_BODY = 12 * 1024 * 1024;
const MAX_TARGET = 8 * 1024;

/**
 * A JSON service behind the gateway: finds the route, reads the body, lets a fault strike, counts
 * the call. An unknown path or method is APIGW.0101.
 */
export function createApi<R extends Route>(options: ApiOptions<R>): Service {
  const { service, calls, faults, time, random, maxBody = MAX_BODY } = options;
  const find = createMatcher(options.routes);
  return async (request) => {
    const { path, query } = targetOf(request);
    if (path.length + query.length > MAX_TARGET) {
      return gatewayError(414, 'APIGW.0201', 'Request URI too large', hexId(random));
    }
    const match = find(request.method, path);
    if (match === undefined) {
      const message = 'The API does not exist or has not been published in the environment';
      return gatewayError(404, 'APIGW.0101', message, hexId(random));
    }
    const { route, params } = match;
    try {
      const response = await withFaults(service, route.operation, faults, time, async () => {
        const body = await readBody(request, maxBody);
        if (body === undefined) {
          return gatewayError(413, 'APIGW.0201', 'Request entity too large', hexId(random));
        }
        return options.run(route, { request, params, query: new URLSearchParams(query), body });
      });
      calls.count(service, route.operation, response.status < 400 ? 'ok' : 'refused');
      return response;
    } catch (error) {
      calls.count(
        service,
        route.operation,
        error instanceof ConnectionCut && error.carriedOut ? 'ok' : 'refused',
      );
      throw error;
    }
  };
}

/** The body's bytes, or undefined when there are more than `limit`. */
export async function readBody(request: Request, limit: number): Promise<Uint8Array | undefined> {
  if (request.body === null) return new Uint8Array();
  if (Number(request.headers.get('content-length') ?? 0) > limit) return undefined;
  const body = new Uint8Array(await request.arrayBuffer());
  return body.byteLength > limit ? undefined : body;
}

/** The JSON value of a body; undefined when it is not JSON. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch {
    return undefined;
  }
}

/** Finds the route of a method and raw path; `:name` segments of its pattern become parameters. */
export function createMatcher<R extends Route>(
  routes: readonly R[],
): (method: string, path: string) => { route: R; params: Record<string, string> } | undefined {
  const compiled = routes.map((route) => ({ route, pattern: route.path.split('/') }));
  return (method, path) => {
    const segments = path.split('/');
    for (const { route, pattern } of compiled) {
      if (route.method !== method || pattern.length !== segments.length) continue;
      const params: Record<string, string> = {};
      const fits = pattern.every((part, index) => {
        const segment = segments[index] ?? '';
        if (!part.startsWith(':')) return part === segment;
        params[part.slice(1)] = decode(segment);
        return segment !== '';
      });
      if (fits) return { route, params };
    }
    return undefined;
  };
}
