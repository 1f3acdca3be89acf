import type { FgAnswer, FgCall, FgDeps } from '../deps.ts';
import { FssError, fss } from '../model/error.ts';
import { within } from '../../simulation/scaled-timers.ts';

const MAX_SYNC = 6 * 1024 * 1024 + 100;
const MAX_ASYNC = 256 * 1024;
// The gateway waits no longer for an answer; the function runs on.
const GATEWAY_MS = 90_000;
const LOG_IN_BODY = 4 * 1024;
const LOG_IN_HEADER = 2_000;

/**
 * POST /functions/{urn}/invocations (functiongraph_06_0125): runs it and waits. An error of its code is a 200 too, told
 * by X-Is-Func-Err; `X-CFF-Request-Version: v1` puts the result into an envelope.
 */
export async function invokeFunction(deps: FgDeps, call: FgCall): Promise<FgAnswer> {
  const { record, version, qualifier } = deps.functions.find(call.params['urn'] ?? '');
  const event = eventOf(call, MAX_SYNC);
  const requestId = deps.newRequestId();
  const alias = record.aliases.has(qualifier) ? qualifier : '';
  const running = deps.run({ record, version, alias, requestId, event });
  const outcome = await within(deps.timers, GATEWAY_MS, running);
  if (outcome === 'late') throw new FssError(504, 'APIGW.0201', 'Backend timeout.');
  if (outcome.kind === 'busy') throw fss('FSS.0429');
  const good = outcome.kind === 'ok';
  const result = good ? outcome.result : failureText(outcome);
  const tail = call.headers.get('x-cff-log-type') === 'tail';
  const log = tail ? tailOf(outcome.log, LOG_IN_BODY) : '';
  const v1 = call.headers.get('x-cff-request-version') === 'v1';
  const headers = {
    'x-cff-request-id': requestId,
    'x-cff-response-version': v1 ? 'v1' : 'v0',
    'x-cff-invoke-summary': `{"funcDigest":"${version.code.digest}","duration":"${outcome.durationMs.toFixed(3)}ms","billingDuration":"${Math.ceil(outcome.durationMs)}ms","memorySize":"${version.config.memory_size}MB","memoryUsed":"${outcome.memoryMb.toFixed(3)}MB"}`,
    'x-cff-billing-duration': String(Math.ceil(outcome.durationMs)),
    'x-func-err-code': good ? '0' : '500',
    'x-is-func-err': String(!good),
    ...(tail
      ? { 'x-cff-function-log': Buffer.from(tailOf(outcome.log, LOG_IN_HEADER)).toString('base64') }
      : {}),
  };
  if (!v1) return { status: 200, text: result, headers };
  const body = { request_id: requestId, result, log, status: good ? 200 : 500 };
  return { status: 200, body, headers };
}

/** POST /functions/{urn}/invocations-async (functiongraph_06_0126): 202, and what comes of it is asked for elsewhere. */
export function asyncInvokeFunction(deps: FgDeps, call: FgCall): FgAnswer {
  const found = deps.functions.find(call.params['urn'] ?? '');
  const event = eventOf(call, MAX_ASYNC);
  const requestId = deps.newRequestId();
  deps.queue.submit(found, requestId, event);
  return { status: 202, body: { request_id: requestId } };
}

/** A function's error as its caller reads it. */
function failureText({
  errorMessage,
  errorType,
}: {
  errorMessage: string;
  errorType: string;
}): string {
  return JSON.stringify({ errorMessage, errorType });
}

/** The event as it came, for it is the function that reads it. Throws FSS.1201 and FSS.0400. */
function eventOf({ raw, body }: FgCall, most: number): string {
  if (raw.byteLength > most) throw fss('FSS.1201');
  if (raw.byteLength === 0) return '{}';
  if (body === undefined) throw fss('FSS.0400', 'the body is not JSON');
  return new TextDecoder().decode(raw);
}

function tailOf(log: string, bytes: number): string {
  return Buffer.from(log).subarray(-bytes).toString();
}
