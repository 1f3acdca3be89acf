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

const CODES = {
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
} as const satisfies Record<string, ErrorCode>;

const HINTS: Partial<Record<ErrorCode, string>> = {
  bucket_missing: 'create the bucket, or fix its name in the policy or in PHONEVAULT_BUCKET',
  access_denied:
    "grant the function's agency obs:object:GetObject, PutObject, DeleteObject and obs:bucket:ListBucket",
  credentials_refused:
    "check the function's agency, and PHONEVAULT_REGION: signatures are only valid in that region",
  clock_skew: 'set the clock of this machine; signatures are valid for 15 minutes',
  setting_invalid:
    "check the bucket's region, PHONEVAULT_OBS_ENDPOINT and PHONEVAULT_OBS_PATH_STYLE",
};

const TRANSIENT = ['OperationAborted', 'ConditionalRequestConflict', 'RequestTimeout'] as const;

/** What else a bucket may say of a key, the last three in our own words. */
const KEY_CODES = [
  ...(['InternalError', 'ServiceUnavailable', 'SlowDown', 'InvalidObjectState'] as const),
  ...(['ObjectLocked', 'InvalidRequest', 'MethodNotAllowed'] as const),
  ...(['delete_marker', 'older_versions', 'unknown'] as const),
] as const;

/** A code of OBS that this version knows, or a word of ours in its place. */
export type ObsCode = keyof typeof CODES | (typeof TRANSIENT)[number] | (typeof KEY_CODES)[number];

/** All of them. */
export const obsCodes: readonly ObsCode[] = [
  ...(Object.keys(CODES) as (keyof typeof CODES)[]),
  ...TRANSIENT,
  ...KEY_CODES,
];

/** Returns the service's code; undefined for the names that the SDK makes up for a response without a body. */
function codeIn(name: string): string | undefined {
  if (!/^[A-Z][\w.]{2,60}$/.test(name)) return undefined;
  return /Error$/.test(name) && name !== 'InternalError' ? undefined : name;
}

function codeOf(name: string, status: number): ErrorCode {
  const known = Object.hasOwn(CODES, name) ? CODES[name as keyof typeof CODES] : undefined;
  if (known !== undefined) return known;
  if (status === 401) return 'credentials_refused';
  if (status === 403) return 'access_denied';
  if (status === 412) return 'conflict';
  return status === 404 ? 'not_found' : 'service';
}

/** Returns what the S3 client threw as one of our errors. `now` (epoch ms) is compared with the dates in the headers. */
export function obsError(call: CallName, error: unknown, now: number): unknown {
  if (error instanceof TransportError) return lostError(call, error);
  if (error instanceof PhonevaultError || !(error instanceof Error)) return error;
  const response = responseOf(error);
  if (response === undefined) return error;

  const { status, headers } = response;
  const mayHaveActed = status < 300 || status >= 500;
  const serviceCode = status < 300 ? undefined : codeIn(error.name);
  const requestId = scrub(response.requestId, 64) || undefined;
  const carriedOut = mayHaveActed ? 'unknown' : 'no';
  const facts = { ...call, status, serviceCode, requestId, carriedOut } as const;
  const line = describe(call, { status, code: serviceCode, requestId });

  if (status === 429 || serviceCode === 'SlowDown') {
    const retryAfterMs = retryAfterOf(headers['retry-after'], now);
    return new ThrottledError(line, facts, { retryAfterMs });
  }
  if (mayHaveActed) {
    const code = serviceCode === undefined ? 'unreachable' : 'service';
    return new ServiceError(code, line, facts, { retryable: status !== 501 });
  }
  const code = codeOf(error.name, status);
  const skew = code === 'clock_skew' ? skewOf(headers['date'], now) : undefined;
  const message = skew === undefined ? line : `${line}; ${skewText(skew).message}`;
  const options = { retryable: isTransient(error.name), ...hintFor(code) };
  return new ServiceError(code, message, facts, options);
}

const isTransient = (name: string): boolean => (TRANSIENT as readonly string[]).includes(name);

/** The response that the S3 client failed on; undefined when there was none. */
function responseOf({ $metadata: metadata, $response: response }: SdkError) {
  const status = metadata?.httpStatusCode ?? response?.statusCode;
  if (status === undefined) return undefined;
  const headers = response?.headers ?? {};
  return { status, headers, requestId: metadata?.requestId ?? headers['x-amz-request-id'] ?? '' };
}

function hintFor(code: ErrorCode): { hint?: string } {
  const hint = HINTS[code];
  return hint === undefined ? {} : { hint };
}
