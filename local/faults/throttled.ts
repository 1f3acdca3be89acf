import { errorAnswer } from '../http/responses.ts';
import type { Time } from '../simulation/time.ts';

/** The gateway's 429 (OBS: its 503), with or without the number in the text. */
export function throttled(service: string, perMinute: number | undefined, time: Time): Response {
  const id = faultRequestId(time);
  if (service === 'obs') return errorAnswer('obs', 503, 'SlowDown', 'Please reduce your rate.', id);
  const policy =
    perMinute === undefined ? '' : `: policy user over ratelimit,limit:${perMinute},time:1 minute`;
  const message = `The throttling threshold has been reached${policy}`;
  return errorAnswer(service, 429, 'APIGW.0308', message, id);
}

export function faultRequestId(time: Time): string {
  return Math.floor(time.model()).toString(16).padStart(32, '0');
}
