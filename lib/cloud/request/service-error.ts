import { type ErrorCode, ServiceError } from '../../errors.ts';
import { type CallName, describe, errorBody } from './error-text.ts';
import { scrub } from './redact.ts';
import { type HttpResponse, TransportError } from './send.ts';
import { skewOf, skewText } from './skew.ts';
import { BusyError, rateLimitOf, retryAfterOf, ThrottledError } from './throttled.ts';

const HINTS: Partial<Record<ErrorCode, string>> = {
  credentials_refused:
    "check the function's agency and that the region's endpoint is the right one",
  access_denied: "give the function's agency the permission for this action",
};

// CPH reports everything with HTTP 400; these say "try again" (cph_api_0604).
const PASSING_CODES = new Set(['CPS.0003', 'CPS.0042']);
const ACCESS_CODES = new Set(['CPS.0001']);

function codeOf(
  status: number,
  serviceCode: string | undefined,
  absent: readonly string[],
): ErrorCode {
  if (serviceCode !== undefined && absent.includes(serviceCode)) return 'not_found';
  if (status === 401) return 'credentials_refused';
  if (status === 403 || ACCESS_CODES.has(serviceCode ?? '')) return 'access_denied';
  return status === 404 ? 'not_found' : 'service';
}

/**
 * The error for an answer with a status other than 2xx. `signed` tells whether our clock mattered,
 * `absent` lists the codes by which this operation says that there is no such thing.
 */
export function errorOf(
  call: CallName,
  response: HttpResponse,
  now: number,
  signed: boolean,
  absent: readonly string[] = [],
): ServiceError {
  const { status, headers } = response;
  const body = errorBody(response.body);
  const serviceCode = body?.code;
  const header = headers['x-request-id'];
  const requestId = body?.requestId ?? (header === undefined ? undefined : scrub(header, 64));
  const message = body?.message ?? (body ? undefined : 'answered with something that is not JSON');
  const line = describe(call, { status, code: serviceCode, message, requestId });
  // APIGW.0613: the gateway itself could not ask IAM, so nothing was passed on.
  const server = status >= 500 && serviceCode !== 'APIGW.0613';
  const facts = {
    ...call,
    status,
    serviceCode,
    requestId,
    carriedOut: server ? 'unknown' : 'no',
  } as const;

  const retryAfterMs = retryAfterOf(headers['retry-after'], now);
  if (status === 429 || serviceCode === 'APIGW.0308') {
    const limit = rateLimitOf(body?.message ?? '');
    return new ThrottledError(line, { ...facts, carriedOut: 'no' }, { limit, retryAfterMs });
  }
  if (status >= 500) {
    return new BusyError(body ? 'service' : 'unreachable', line, facts, retryAfterMs);
  }
  const skew = status === 401 && signed ? skewOf(headers['date'], now) : undefined;
  if (skew !== undefined) {
    const { message: skewed, hint } = skewText(skew);
    return new ServiceError('clock_skew', `${line}; ${skewed}`, facts, { hint });
  }
  const code = codeOf(status, serviceCode, absent);
  const hint = HINTS[code];
  return new ServiceError(code, line, facts, {
    retryable: PASSING_CODES.has(serviceCode ?? ''),
    ...(hint === undefined ? {} : { hint }),
  });
}

/** The error for an answer that never came, or not whole. Anything else is passed through. */
export function lostError(call: CallName, error: unknown): unknown {
  if (!(error instanceof TransportError)) return error;
  const facts = { ...call, carriedOut: error.sent ? 'unknown' : 'no' } as const;
  if (error.kind === 'aborted') {
    const line = describe(call, { message: 'stopped before the answer came' });
    return new ServiceError('time_up', line, facts, { cause: error });
  }
  const line = describe(call, { message: `no answer (${error.kind})` });
  const retryable = error.kind !== 'tls' && error.kind !== 'too_large';
  return new ServiceError('unreachable', line, facts, { retryable, cause: error });
}

/** The error for a success that cannot be read: the call may well have been carried out. */
export function unreadable(call: CallName, response: HttpResponse, why: string): ServiceError {
  const header = response.headers['x-request-id'];
  const requestId = header === undefined ? undefined : scrub(header, 64);
  const { status } = response;
  return new ServiceError(
    'unreachable',
    describe(call, { status, message: why, requestId }),
    { ...call, status, requestId, carriedOut: 'unknown' },
    { retryable: true },
  );
}
