import { ConnectionCut, ConnectionHang } from '../http/connection-errors.ts';
import { errorAnswer } from '../http/responses.ts';
import type { Time } from '../simulation/time.ts';
import { twist } from './corrupt-response.ts';
import type { FaultBook } from './fault-book.ts';
import type { Fault } from './fault.ts';
import { faultRequestId, throttled } from './throttled.ts';

/**
 * Runs an operation, or what a fault makes of it. Throws ConnectionCut and ConnectionHang, which
 * the transport turns into a cut or a silent connection.
 */
export async function withFaults(
  service: string,
  operation: string,
  faults: FaultBook,
  time: Time,
  run: () => Promise<Response>,
): Promise<Response> {
  const fault = faults.intercept(service, operation);
  if (fault === undefined) return run();
  switch (fault.kind) {
    case 'throttle':
      return later(
        fault,
        throttled(service, fault.hint === false ? undefined : (fault.per_minute ?? 10), time),
      );
    case 'error':
      if (fault.carried_out === true) await run();
      return later(
        fault,
        errorAnswer(
          service,
          fault.status ?? 500,
          fault.code ?? (service === 'obs' ? 'InternalError' : 'APIGW.0601'),
          'The service could not process the request.',
          faultRequestId(time),
        ),
      );
    case 'drop_answer':
      await run();
      throw new ConnectionCut();
    case 'drop_request':
      throw new ConnectionCut(false);
    case 'hang':
      throw new ConnectionHang();
    case 'garbage':
      await run();
      return new Response('<html><body>upstream</body>', {
        status: 200,
        headers: { 'content-type': 'text/html' },
      });
    case 'twist':
      return twist(await run(), fault.form ?? 'truncated', service);
    case 'slow': {
      const answer = await run();
      await time.sleep(fault.delay_ms ?? 5_000);
      return answer;
    }
    default:
      return run();
  }
}

/** Says when to come again, where the fault wants it; a redirect leads to nowhere. */
function later({ retry_after, status = 500 }: Fault, answer: Response): Response {
  if (retry_after !== undefined) answer.headers.set('retry-after', String(retry_after));
  if (status >= 300 && status < 400) answer.headers.set('location', 'https://elsewhere.invalid/');
  return answer;
}
