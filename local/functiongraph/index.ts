import { gatewayError } from '../answer.ts';
import { readBody } from '../api.ts';
import type { Gateway } from '../iam/gateway.ts';
import { hexId } from '../random.ts';
import type { Random, Service } from '../types.ts';

const MAX_BODY = 12 * 1024 * 1024;
const MESSAGE = 'The API does not exist or has not been published in the environment';

/** FunctionGraph's management API: checks who calls; no API is published here. */
export function createFunctionGraph(options: { gateway: Gateway; random: Random }): Service {
  const { gateway, random } = options;
  return async (request) => {
    const body = await readBody(request, MAX_BODY);
    if (body === undefined) {
      return gatewayError(413, 'APIGW.0201', 'Request entity too large', hexId(random));
    }
    const refused = await gateway.authenticate(request, body);
    return refused ?? gatewayError(404, 'APIGW.0101', MESSAGE, hexId(random));
  };
}

/** The gateway that would serve functions over HTTP: none is published. */
export function createApig(options: { random: Random }): Service {
  return async () => gatewayError(404, 'APIGW.0101', MESSAGE, hexId(options.random));
}
