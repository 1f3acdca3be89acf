import { type ErrorCode, PhonevaultError, ServiceError } from '../../errors.ts';
import { scrub } from '../request/redact.ts';
import { TransportError } from '../request/send.ts';
import { type CallName, describe } from '../request/error-text.ts';
import { lostError } from '../request/service-error.ts';
import { skewOf, skewText } from '../request/skew.ts';
import { retryAfterOf, ThrottledError } from '../request/throttled.ts';

type SdkError = Error & {
  $metadata?: { httpStatusCode?: number; requestId?: string };
  $response?: { statusCode?: number; headers?: Record<string, string> };
};

const CODES: Record<string, ErrorCode> = {
  NoSuchBucket: 'bucket_missing',
  AccessDenied: 'access_denied',
  VirtualHostDomainRequired: 'setting_invalid',
  PermanentRedirect: 'setting_invalid',
  InvalidAccessKeyId: 'credentials_refused',
  SignatureDoesNotMatch: 'credentials_refused',
  InvalidSecurity: 'credentials_refused',
  ExpiredToken: 'credentials_refused',
  InvalidToken: 'credentials_refused',
  RequestTimeTooSkewed: 'clock_skew',
  NoSuchKey: 'not_found',
  NotFound: 'not_found',
  PreconditionFailed: 'conflict',
  ObjectAlreadyExists: 'conflict',
};

const HINTS: Partial<Record<ErrorCode, string>> = {
  bucket_missing: 'create the bucket, or correct its name in the policy or in PHONEVAULT_BUCKET',
  access_denied:
    "give the function's agency obs:object:GetObject, PutObject, DeleteObject and obs:bucket:ListBucket",
  credentials_refused:
    "check the function's agency, and PHONEVAULT_REGION: signatures are made for that region",
  clock_skew: 'set the clock of this machine; signatures hold for 15 minutes',
  setting_invalid:
    "check the bucket's region, PHONEVAULT_OBS_ENDPOINT and PHONEVAULT_OBS_PATH_STYLE",
};

const PASSING = new Set(['OperationAborted', 'ConditionalRequestConflict', 'RequestTimeout']);

/** The service's code; undefined for the names the SDK makes up when there was no body to read. */
function codeIn(name: string): string | undefined {
  if (!/^[A-Z][\w.]{2,60}$/.test(name)) return undefined;
  return /Error$/.test(name) && name !== 'InternalError' ? undefined : name;
}

function codeOf(name: string, status: number): ErrorCode {
  const known = CODES[name];
  if (known) return known;
  if (status === 401) return 'credentials_refused';
  if (status === 403) return 'access_denied';
  if (status === 412) return 'conflict';
  return status === 404 ? 'not_found' : 'service';
}

/** What the S3 client threw, as an error of ours. `now` judges dates in the answer's headers. */
export function obsError(call: CallName, error: unknown, now: number): unknown {
  if (error instanceof TransportError) return lostError(call, error);
  if (error instanceof PhonevaultError || !(error instanceof Error)) return error;

  const { $metadata: metadata, $response: response, name } = error as SdkError;
  const status = metadata?.httpStatusCode ?? response?.statusCode;
  if (status === undefined) return error;
  const headers = response?.headers ?? {};
  const requestId =
    scrub(metadata?.requestId ?? headers['x-amz-request-id'] ?? '', 64) || undefined;
  const serviceCode = status < 300 ? undefined : codeIn(name);
  const unknown = status < 300 || status >= 500;
  const facts = {
    ...call,
    status,
    serviceCode,
    requestId,
    carriedOut: unknown ? 'unknown' : 'no',
  } as const;
  const line = describe(call, { status, code: serviceCode, requestId });

  if (status === 429 || serviceCode === 'SlowDown') {
    return new ThrottledError(line, facts, {
      retryAfterMs: retryAfterOf(headers['retry-after'], now),
    });
  }
  if (unknown) {
    const code = serviceCode === undefined ? 'unreachable' : 'service';
    return new ServiceError(code, line, facts, { retryable: status !== 501 });
  }
  const code = codeOf(name, status);
  const skew = code === 'clock_skew' ? skewOf(headers['date'], now) : undefined;
  const hint = HINTS[code];
  return new ServiceError(
    code,
    skew === undefined ? line : `${line}; ${skewText(skew).message}`,
    facts,
    {
      retryable: PASSING.has(name),
      ...(hint === undefined ? {} : { hint }),
    },
  );
}
