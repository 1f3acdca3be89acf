import { withTimeout } from '../../simulation/scaled-timers.ts';
import type { FgCall, FgResponse } from '../model/call.ts';
import { FssError, fss } from '../model/error.ts';
import type { InvocationDeps } from './deps.ts';

const MAX_SYNC = 6 * 1024 * 1024 + 100;
const MAX_ASYNC = 256 * 1024;
// The gateway stops waiting after this time; the function runs on.
const GATEWAY_TIMEOUT_MS = 90_000;
const MAX_LOG_IN_BODY = 4 * 1024;
const MAX_LOG_IN_HEADER = 2_000;

/**
 * POST /functions/{urn}/invocations (functiongraph_06_0125): runs the function and waits. If its code fails, the status is
 * 200 all the same and X-Is-Func-Err is true. `X-CFF-Request-Version: v1` puts the result into an envelope.
 */
export async function invokeFunction(deps: InvocationDeps, call: FgCall): Promise<FgResponse> {
  const record = deps.functions.find(call.params['urn'] ?? '');
  const event = readEvent(call, MAX_SYNC);
  const requestId = deps.newRequestId();
  const running = deps.runEvent({ record, requestId, event });
  const outcome = await withTimeout(deps.timers, GATEWAY_TIMEOUT_MS, running);
  if (outcome === 'timeout') throw new FssError(504, 'APIGW.0201', 'Backend timeout.');
  if (outcome.kind === 'busy') throw fss('FSS.0429');
  const { durationMs, memoryMb } = outcome;
  const succeeded = outcome.kind === 'ok';
  const result = succeeded ? outcome.result : failureText(outcome);
  const wantsLog = call.headers.get('x-cff-log-type') === 'tail';
  const isV1 = call.headers.get('x-cff-request-version') === 'v1';
  const headers = {
    'x-cff-request-id': requestId,
    'x-cff-response-version': isV1 ? 'v1' : 'v0',
    'x-cff-invoke-summary': `{"funcDigest":"${record.code.digest}","duration":"${durationMs.toFixed(3)}ms","billingDuration":"${Math.ceil(durationMs)}ms","memorySize":"${record.config.memory_size}MB","memoryUsed":"${memoryMb.toFixed(3)}MB"}`,
    'x-cff-billing-duration': String(Math.ceil(durationMs)),
    'x-func-err-code': succeeded ? '0' : '500',
    'x-is-func-err': String(!succeeded),
    ...(wantsLog && { 'x-cff-function-log': base64(tail(outcome.log, MAX_LOG_IN_HEADER)) }),
  };
  if (!isV1) return { status: 200, text: result, headers };
  const log = wantsLog ? tail(outcome.log, MAX_LOG_IN_BODY) : '';
  const body = { request_id: requestId, result, log, status: succeeded ? 200 : 500 };
  return { status: 200, body, headers };
}

/** POST /functions/{urn}/invocations-async (functiongraph_06_0126): 202, the result goes to the destination only. */
export function asyncInvokeFunction(deps: InvocationDeps, call: FgCall): FgResponse {
  const record = deps.functions.find(call.params['urn'] ?? '');
  const event = readEvent(call, MAX_ASYNC);
  const requestId = deps.newRequestId();
  deps.queue.submit(record, requestId, event);
  return { status: 202, body: { request_id: requestId } };
}

/** A function's error as its caller reads it. */
function failureText(failure: { errorMessage: string; errorType: string }): string {
  const { errorMessage, errorType } = failure;
  return JSON.stringify({ errorMessage, errorType });
}

/** Returns the event exactly as sent: the function parses it. Throws FSS.1201 and FSS.0400. */
function readEvent({ raw, body }: FgCall, maxBytes: number): string {
  if (raw.byteLength > maxBytes) throw fss('FSS.1201');
  if (raw.byteLength === 0) return '{}';
  if (body === undefined) throw fss('FSS.0400', 'the body is not JSON');
  return new TextDecoder().decode(raw);
}

function tail(log: string, bytes: number): string {
  return Buffer.from(log).subarray(-bytes).toString();
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
