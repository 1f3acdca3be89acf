import { ConnectionCut, ConnectionHang } from '../http/connection-errors.ts';
import { errorResponse } from '../http/responses.ts';
import type { Time } from '../simulation/time.ts';
import { corruptResponse } from './corrupt-response.ts';
import type { FaultRegistry } from './fault-registry.ts';
import type { Fault } from './fault.ts';
import { faultRequestId, throttled } from './throttled.ts';

const DEFAULT_THROTTLE_PER_MINUTE = 10;
const DEFAULT_DELAY_MS = 5_000;

/**
 * Runs an operation, or does what a fault says instead. Throws ConnectionCut and ConnectionHang, which the transport turns
 * into a cut or silent connection.
 */
export async function withFaults(
  call: { service: string; operation: string; faults: FaultRegistry; time: Time },
  run: () => Promise<Response>,
): Promise<Response> {
  const { service, operation, faults, time } = call;
  const fault = faults.intercept(service, operation);
  if (fault === undefined) return run();
  switch (fault.kind) {
    case 'throttle': {
      const limit = fault.per_minute ?? DEFAULT_THROTTLE_PER_MINUTE;
      const response = throttled(service, fault.hint === false ? undefined : limit, time);
      return withFaultHeaders(response, fault);
    }
    case 'error':
      if (fault.carried_out === true) await discard(run());
      return withFaultHeaders(injectedError(service, fault, time), fault);
    case 'drop_answer':
      await discard(run());
      throw new ConnectionCut();
    case 'drop_request':
      throw new ConnectionCut(false);
    case 'hang':
      throw new ConnectionHang();
    case 'garbage':
      await discard(run());
      return new Response('<html><body>upstream</body>', {
        status: 200,
        headers: { 'content-type': 'text/html' },
      });
    case 'corrupt_response':
      return corruptResponse(await run(), fault.form ?? 'truncated', service);
    case 'slow': {
      const response = await run();
      await time.sleep(fault.delay_ms ?? DEFAULT_DELAY_MS);
      return response;
    }
    default:
      return run();
  }
}

/** Waits for a response that nobody gets; its body may be an open file. */
async function discard(response: Promise<Response>): Promise<void> {
  await (await response).body?.cancel();
}

function injectedError(service: string, { status = 500, code }: Fault, time: Time): Response {
  return errorResponse(service, {
    status,
    code: code ?? (service === 'obs' ? 'InternalError' : 'APIGW.0601'),
    message: 'The service could not process the request.',
    requestId: faultRequestId(time),
  });
}

/** Adds Retry-After if the fault asks for it, and the Location of a redirect. */
function withFaultHeaders(response: Response, { retry_after, status = 500 }: Fault): Response {
  if (retry_after !== undefined) response.headers.set('retry-after', String(retry_after));
  if (status >= 300 && status < 400) response.headers.set('location', 'https://elsewhere.invalid/');
  return response;
}
