import { readBody } from '../../http/body.ts';
import { targetOf } from '../../http/raw-request.ts';
import { gatewayError, jsonResponse } from '../../http/responses.ts';
import type { Service } from '../../http/server.ts';
import type { Gateway } from '../../iam/auth/gateway.ts';
import { type ScaledTimers, withTimeout } from '../../simulation/scaled-timers.ts';
import type { ApigData } from '../event-data/apig.ts';
import { type FiringDeps, submitEvent } from '../firing/submit.ts';
import { fss, FssError } from '../model/error.ts';
import type { TriggerRecord } from '../model/trigger.ts';
import type { RunEvent } from '../runtime/run-event.ts';
import { apigEvent } from './event.ts';
import { toHttpResponse } from './response.ts';

const MAX_BODY = 12 * 1024 * 1024;
const MAX_EVENT = 6 * 1024 * 1024;
const MAX_ASYNC_EVENT = 256 * 1024;

export type ApigDeps = FiringDeps & { gateway: Gateway; runEvent: RunEvent; timers: ScaledTimers };

/** The gateway in front of functions: finds the API of a path, authenticates the caller, runs the function. */
export function createApigService(deps: ApigDeps): Service {
  return async (request) => {
    const { host, path, query } = targetOf(request);
    const requestId = deps.newRequestId();
    const refuse = (status: number, code: string, message: string) =>
      gatewayError(status, code, message, requestId);
    const trigger = findApi(deps, { method: request.method, path, host });
    if (trigger === undefined) {
      const message = 'The API does not exist or has not been published in the environment';
      return refuse(404, 'APIG.0101', message);
    }
    const body = await readBody(request, MAX_BODY);
    if (body === undefined) return refuse(413, 'APIG.0201', 'Request entity too large');
    const data = trigger.data as ApigData & { api_id: string };
    if (data.auth === 'APP') {
      return refuse(401, 'APIG.0303', 'Incorrect app authentication information: app not found');
    }
    const refusal =
      data.auth === 'IAM' ? await deps.gateway.authenticate(request, body) : undefined;
    if (refusal !== undefined) return refusal;
    const call = { request, host, path, query, body, data, apiId: data.api_id, requestId };
    const event = apigEvent(call);
    const text = JSON.stringify(event);
    const isAsync = data.func_info.invocation_type === 'async';
    if (text.length > (isAsync ? MAX_ASYNC_EVENT : MAX_EVENT)) {
      return fssResponse(fss('FSS.1201'), requestId);
    }
    if (isAsync) {
      submitEvent(deps, trigger, () => event);
      return jsonResponse(202, { request_id: requestId }, requestId);
    }
    return runAndWait(deps, trigger, requestId, text);
  };
}

async function runAndWait(
  { runEvent, timers }: ApigDeps,
  trigger: TriggerRecord,
  requestId: string,
  event: string,
): Promise<Response> {
  const timeoutMs = (trigger.data as ApigData).func_info.timeout;
  try {
    const running = runEvent({ record: trigger.function, requestId, event });
    const outcome = await withTimeout(timers, timeoutMs, running);
    if (outcome === 'timeout') return gatewayError(504, 'APIG.0201', 'Backend timeout.', requestId);
    if (outcome.kind === 'busy') return fssResponse(fss('FSS.0429'), requestId);
    const response = outcome.kind === 'ok' ? toHttpResponse(outcome.result) : undefined;
    if (response === undefined) return fssResponse(fss('FSS.1206'), requestId);
    response.headers.set('x-request-id', requestId);
    return response;
  } catch (error) {
    if (error instanceof FssError) return fssResponse(error, requestId);
    throw error;
  }
}

/** The best match: in the group whose domain was called, if any; an exact path first, then the longest prefix. */
function findApi(
  { triggers }: FiringDeps,
  { method, path, host }: { method: string; path: string; host: string },
): TriggerRecord | undefined {
  const apis = [...triggers.all('APIG'), ...triggers.all('DEDICATEDGATEWAY')];
  const ofDomain = apis.filter(({ data }) => (data as ApigData).sl_domain === host);
  const matching = (ofDomain.length > 0 ? ofDomain : apis).filter(({ data }) => {
    const { req_method, match_mode, path: apiPath } = data as ApigData;
    if (req_method !== 'ANY' && req_method !== method) return false;
    const prefix = apiPath.endsWith('/') ? apiPath : `${apiPath}/`;
    return path === apiPath || (match_mode === 'SWA' && path.startsWith(prefix));
  });
  const rank = ({ data }: TriggerRecord) => {
    const { path: apiPath } = data as ApigData;
    return (apiPath === path ? 10_000 : 0) + apiPath.length;
  };
  return matching.sort((a, b) => rank(b) - rank(a))[0];
}

function fssResponse({ status, code, message }: FssError, requestId: string): Response {
  const body = { error_code: code, error_msg: message, request_id: requestId };
  return jsonResponse(status, body, requestId);
}
