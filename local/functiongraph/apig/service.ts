import { gatewayError, jsonAnswer } from '../../http/responses.ts';
import { readBody } from '../../http/body.ts';
import type { Gateway } from '../../iam/auth/gateway.ts';
import { targetOf } from '../../http/raw-request.ts';
import type { Service } from '../../http/server.ts';
import type { FgDeps } from '../deps.ts';
import { fss, FssError } from '../model/error.ts';
import { versionUrn } from '../model/urn.ts';
import type { TriggerRecord } from '../model/function.ts';
import type { Outcome } from '../runtime/run-event.ts';
import { within } from '../../simulation/scaled-timers.ts';
import type { ApigData } from '../event-data/apig.ts';
import { submitTo } from '../firing/submit.ts';
import { httpAnswer } from './response.ts';
import { apigEvent } from './event.ts';

const MAX_BODY = 12 * 1024 * 1024;
const MAX_EVENT = 6 * 1024 * 1024;
const MAX_ASYNC_EVENT = 256 * 1024;

/** The gateway that calls functions over HTTP: finds the API of a path, lets the caller in, waits for the answer. */
export function createApigService(deps: FgDeps, gateway: Gateway): Service {
  return async (request) => {
    const { host, path, query } = targetOf(request);
    const requestId = deps.newRequestId();
    const refuse = (status: number, code: string, message: string) =>
      gatewayError(status, code, message, requestId);
    const trigger = findApi(deps, request.method, path, host);
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
    const refusal = data.auth === 'IAM' ? await gateway.authenticate(request, body) : undefined;
    if (refusal !== undefined) return refusal;
    const call = { request, host, path, query, body, data, apiId: data.api_id, requestId };
    const event = JSON.stringify(apigEvent(call));
    const isAsync = data.func_info.invocation_type === 'async';
    if (event.length > (isAsync ? MAX_ASYNC_EVENT : MAX_EVENT)) {
      return answerOf(fss('FSS.1201'), requestId);
    }
    if (isAsync) {
      submitTo(deps, trigger, () => JSON.parse(event) as unknown);
      return jsonAnswer(202, { request_id: requestId }, requestId);
    }
    try {
      const outcome = await runWithin(deps, trigger, event, requestId, data.func_info.timeout);
      if (outcome === 'late') return refuse(504, 'APIG.0201', 'Backend timeout.');
      if (outcome.kind === 'busy') return answerOf(fss('FSS.0429'), requestId);
      const answer = outcome.kind === 'ok' ? httpAnswer(outcome.result) : undefined;
      if (answer === undefined) return answerOf(fss('FSS.1206'), requestId);
      answer.headers.set('x-request-id', requestId);
      return answer;
    } catch (error) {
      if (error instanceof FssError) return answerOf(error, requestId);
      throw error;
    }
  };
}

/** The API that fits best: of its group's domain if the call names one, an exact path, then the longest. */
function findApi(
  { triggers }: FgDeps,
  method: string,
  path: string,
  host: string,
): TriggerRecord | undefined {
  const all = [...triggers.all('APIG'), ...triggers.all('DEDICATEDGATEWAY')];
  const atHost = all.filter(({ data }) => (data as ApigData).sl_domain === host);
  const fitting = (atHost.length > 0 ? atHost : all).filter(({ data }) => {
    const { req_method, match_mode, path: at } = data as ApigData;
    if (req_method !== 'ANY' && req_method !== method) return false;
    return (
      path === at || (match_mode === 'SWA' && path.startsWith(at.endsWith('/') ? at : `${at}/`))
    );
  });
  const rank = ({ data }: TriggerRecord) => {
    const { path: at } = data as ApigData;
    return (at === path ? 10_000 : 0) + at.length;
  };
  return fitting.sort((a, b) => rank(b) - rank(a))[0];
}

async function runWithin(
  { functions, place, run, timers }: FgDeps,
  trigger: TriggerRecord,
  event: string,
  requestId: string,
  timeoutMs: number,
): Promise<Outcome | 'late'> {
  const { record, version, qualifier } = functions.find(
    versionUrn(trigger.function, trigger.qualifier, place),
  );
  const alias = record.aliases.has(qualifier) ? qualifier : '';
  const running = run({ record, version, alias, requestId, event });
  return within(timers, timeoutMs, running);
}

function answerOf({ status, code, message }: FssError, requestId: string): Response {
  return jsonAnswer(
    status,
    { error_code: code, error_msg: message, request_id: requestId },
    requestId,
  );
}
