import { gatewayError } from '../http/responses.ts';
import { ConnectionCut } from '../http/connection-errors.ts';
import { type FaultBook } from '../faults/fault-book.ts';
import { withFaults } from '../faults/with-faults.ts';
import { hexId, type Random } from '../simulation/random.ts';
import { targetOf } from '../http/raw-request.ts';
import type { Calls } from './calls.ts';
import type { Service } from '../http/server.ts';
import type { Time } from '../simulation/time.ts';
import { readBody } from '../http/body.ts';
import { createMatcher, type Route } from '../http/router.ts';

export type Call = {
  request: Request;
  params: Record<string, string>;
  query: URLSearchParams;
  body: Uint8Array;
};

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
