import { gatewayError, jsonAnswer } from '../answer.ts';
import { type Call, createApi, parseJson } from '../api.ts';
import type { FaultBook } from '../faults.ts';
import type { Gateway } from '../iam/gateway.ts';
import { createRandom, hexId } from '../random.ts';
import type { Calls, ObjectBackend, Random, Service, Time } from '../types.ts';
import type { FgDeps } from './deps.ts';
import { FssError } from './error.ts';
import type { Place } from './functions/describe.ts';
import { createFunctionStore } from './functions/store.ts';
import { type FgRoute, ROUTES } from './routes.ts';
import { createTriggerStore } from './triggers/store.ts';

export type FunctionGraph = {
  service: Service;
  /** Where callers reach APIG, for the addresses that triggers show. */
  setApigUrl(url: string): void;
};

/** A zip of 50 MB is a third longer as Base64. */
const MAX_BODY = 80 * 1024 * 1024;

/** FunctionGraph: its management API. */
export function createFunctionGraph(options: {
  place: Place;
  seed: number;
  gateway: Gateway;
  agency: FgDeps['agency'];
  hasTopic: FgDeps['hasTopic'];
  backend: ObjectBackend;
  calls: Calls;
  faults: FaultBook;
  time: Time;
}): FunctionGraph {
  const { place, seed, gateway, backend, calls, faults, time } = options;
  const random = createRandom(seed, 'functiongraph');
  let apigUrl = `https://apig.${place.region}.myhuaweicloud.com`;
  const deps: FgDeps = {
    place,
    functions: createFunctionStore(place),
    triggers: createTriggerStore(),
    backend,
    agency: options.agency,
    hasTopic: options.hasTopic,
    apigUrl: () => apigUrl,
    onChanged: () => undefined,
    time,
    random,
  };

  const run = async (route: FgRoute, call: Call): Promise<Response> => {
    const refusal = await gateway.authenticate(call.request, call.body);
    if (refusal !== undefined) return refusal;
    const requestId = hexId(random);
    if (call.params['project_id'] !== place.projectId) {
      return gatewayError(403, 'APIGW.0302', 'The caller may not use this project.', requestId);
    }
    const { params, query, body } = call;
    try {
      const answer = await route.run(deps, { params, query, body: parseJson(body) });
      if (answer.body !== undefined) return jsonAnswer(answer.status, answer.body, requestId);
      return new Response(null, { status: answer.status, headers: { 'x-request-id': requestId } });
    } catch (error) {
      if (!(error instanceof FssError)) throw error;
      const { status, code, message } = error;
      return jsonAnswer(status, { error_code: code, error_msg: message }, requestId);
    }
  };

  return {
    service: createApi({
      service: 'functiongraph',
      routes: ROUTES,
      calls,
      faults,
      time,
      random,
      maxBody: MAX_BODY,
      run,
    }),
    setApigUrl: (url) => void (apigUrl = url),
  };
}

const MESSAGE = 'The API does not exist or has not been published in the environment';

/** The gateway that would serve functions over HTTP: none is published. */
export function createApig(options: { random: Random }): Service {
  return async () => gatewayError(404, 'APIGW.0101', MESSAGE, hexId(options.random));
}
