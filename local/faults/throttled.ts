import { errorResponse } from '../http/responses.ts';
import type { Time } from '../simulation/time.ts';

/** Returns the gateway's 429 (OBS: 503), with the limit in its text unless `perMinute` is undefined. */
export function throttled(service: string, perMinute: number | undefined, time: Time): Response {
  const requestId = faultRequestId(time);
  if (service === 'obs') {
    const message = 'Please reduce your rate.';
    return errorResponse('obs', { status: 503, code: 'SlowDown', message, requestId });
  }
  const policy =
    perMinute === undefined ? '' : `: policy user over ratelimit,limit:${perMinute},time:1 minute`;
  const message = `The throttling threshold has been reached${policy}`;
  return errorResponse(service, { status: 429, code: 'APIGW.0308', message, requestId });
}

/** Returns a request id for a response that no service made. */
export function faultRequestId(time: Time): string {
  return Math.floor(time.simulated()).toString(16).padStart(32, '0');
}
