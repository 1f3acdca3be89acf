import { type ErrorCode, ServiceError } from '../../errors.ts';
import { type CallName, describe, errorBody } from './error-text.ts';
import { scrub } from './redact.ts';
import { type HttpResponse, TransportError } from './send.ts';
import { skewOf, skewText } from './skew.ts';
import { BusyError, rateLimitOf, retryAfterOf, ThrottledError } from './throttled.ts';

const HINTS: Partial<Record<ErrorCode, string>> = {
  credentials_refused: "check the function's agency, and that the endpoint belongs to the region",
  access_denied: "grant the function's agency the permission for this action",
};

/** Lists of a service's own error codes, by meaning. */
export type CodeMeanings = {
  /** There is no such thing. */
  absent?: readonly string[];
  accessDenied?: readonly string[];
  /** The same call may succeed later. */
  transient?: readonly string[];
  /** The service may have acted before it failed, whatever the HTTP status. */
  mayHaveActed?: readonly string[];
};

type Context = {
  now: number;
  /** The request was signed, so that our clock mattered. */
  signed: boolean;
  codes: CodeMeanings;
};

/** Returns the error for a response with a status other than 2xx. */
export function errorOf(call: CallName, response: HttpResponse, context: Context): ServiceError {
  const { status } = response;
  const retryAfterMs = retryAfterOf(response.headers['retry-after'], context.now);
  const { line, facts, body } = readError(call, response, context.codes);
  if (status === 429 || facts.serviceCode === 'APIGW.0308') {
    const limit = rateLimitOf(body?.message ?? '');
    return new ThrottledError(line, { ...facts, carriedOut: 'no' }, { limit, retryAfterMs });
  }
  if (status >= 500) {
    return new BusyError(body ? 'service' : 'unreachable', line, facts, retryAfterMs);
  }
  return clockError(line, facts, response, context) ?? refusal(line, facts, context.codes);
}

type Facts = ConstructorParameters<typeof ServiceError>[2] & { status: number };

function readError(
  call: CallName,
  { status, headers, body: raw }: HttpResponse,
  codes: CodeMeanings,
) {
  const body = errorBody(raw);
  const serviceCode = body?.code;
  const header = headers['x-request-id'];
  const requestId = body?.requestId ?? (header === undefined ? undefined : scrub(header, 64));
  const message = body === undefined ? 'the response is not JSON' : body.message;
  const line = describe(call, { status, code: serviceCode, message, requestId });
  // APIGW.0613: the gateway itself could not ask IAM, so nothing was passed on.
  const failed = status >= 500 && serviceCode !== 'APIGW.0613';
  const carriedOut = failed || has(codes.mayHaveActed, serviceCode) ? 'unknown' : 'no';
  const facts: Facts = { ...call, status, serviceCode, requestId, carriedOut };
  return { line, facts, body };
}

function clockError(
  line: string,
  facts: Facts,
  { headers }: HttpResponse,
  { now, signed }: Context,
): ServiceError | undefined {
  const skew = facts.status === 401 && signed ? skewOf(headers['date'], now) : undefined;
  if (skew === undefined) return undefined;
  const { message, hint } = skewText(skew);
  return new ServiceError('clock_skew', `${line}; ${message}`, facts, { hint });
}

function refusal(line: string, facts: Facts, codes: CodeMeanings): ServiceError {
  const code = codeOf(facts, codes);
  const hint = HINTS[code];
  return new ServiceError(code, line, facts, {
    retryable: has(codes.transient, facts.serviceCode),
    ...(hint === undefined ? {} : { hint }),
  });
}

function codeOf({ status, serviceCode }: Facts, codes: CodeMeanings): ErrorCode {
  if (has(codes.absent, serviceCode)) return 'not_found';
  if (status === 401) return 'credentials_refused';
  if (status === 403 || has(codes.accessDenied, serviceCode)) return 'access_denied';
  return status === 404 ? 'not_found' : 'service';
}

function has(codes: readonly string[] | undefined, code: string | undefined): boolean {
  return code !== undefined && codes !== undefined && codes.includes(code);
}

/** Returns the error for a response that was lost or cut. Returns any other error as it is. */
export function lostError(call: CallName, error: unknown): unknown {
  if (!(error instanceof TransportError)) return error;
  const facts = { ...call, carriedOut: error.sent ? 'unknown' : 'no' } as const;
  if (error.kind === 'aborted') {
    const line = describe(call, { message: 'stopped before the response arrived' });
    return new ServiceError('time_up', line, facts, { cause: error });
  }
  const line = describe(call, { message: `no response (${error.kind})` });
  const retryable = error.kind !== 'tls' && error.kind !== 'too_large';
  const hint = error.hint === undefined ? {} : { hint: error.hint };
  return new ServiceError('unreachable', line, facts, { retryable, cause: error, ...hint });
}

/** Returns the error for a success that cannot be read: the call may have been carried out. */
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
