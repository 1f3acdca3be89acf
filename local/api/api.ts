import type { FaultRegistry } from '../faults/fault-registry.ts';
import { withFaults } from '../faults/with-faults.ts';
import { readBody } from '../http/body.ts';
import { ConnectionCut } from '../http/connection-errors.ts';
import { targetOf } from '../http/raw-request.ts';
import { gatewayError } from '../http/responses.ts';
import { createRouter, type Route } from '../http/router.ts';
import type { Service } from '../http/server.ts';
import { hexId, type Random } from '../simulation/random.ts';
import type { Time } from '../simulation/time.ts';
import type { Calls } from './calls.ts';

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
  faults: FaultRegistry;
  time: Time;
  random: Random;
  /** The largest accepted body in bytes; 12 MB by default. */
  maxBody?: number;
  /** Handles a call of a known route, including its authentication. */
  run(route: R, call: Call): Promise<Response>;
};

const MAX_BODY = 12 * 1024 * 1024;
const MAX_TARGET = 8 * 1024;

/** A JSON service behind the gateway: finds the route, reads the body, applies faults, counts the call. */
export function createApi<R extends Route>(options: ApiOptions<R>): Service {
  const { service, calls, faults, time, random, maxBody = MAX_BODY } = options;
  const find = createRouter(options.routes);
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
    const { operation } = route;
    try {
      const response = await withFaults({ service, operation, faults, time }, async () => {
        const body = await readBody(request, maxBody);
        if (body === undefined) {
          return gatewayError(413, 'APIGW.0201', 'Request entity too large', hexId(random));
        }
        return options.run(route, { request, params, query: new URLSearchParams(query), body });
      });
      calls.count(service, operation, response.status < 400 ? 'ok' : 'refused');
      return response;
    } catch (error) {
      const carriedOut = error instanceof ConnectionCut && error.carriedOut;
      calls.count(service, operation, carriedOut ? 'ok' : 'refused');
      throw error;
    }
  };
}
