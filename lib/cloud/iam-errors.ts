import { type ErrorCode, ServiceError } from '../errors.ts';
import { reveal, type Secret } from '../secret.ts';
import { errorBody } from './request/error-text.ts';
import type { HttpResponse } from './request/send.ts';
import { skewText } from './request/skew.ts';

type Advice = { code?: ErrorCode; what: string; hint: string };
type Refusal = { status: number; code: string; text: string; receipt: boolean };

const LOCK =
  'it was sent once and is not sent again, because five wrong passwords in a row lock the user';

// The first match counts. IAM responds in Keystone's shape, in its own (IAM.00xx) or through its gateway, and gives most
// reasons in words only (api-iam iam_02_0006, iam_30_0001, iam_03_0006; iam_faq account locked).
const REFUSALS: (Advice & { matches: (refusal: Refusal) => boolean })[] = [
  {
    // Keystone sends a receipt when it wants a second factor.
    matches: ({ receipt, text }) =>
      receipt || /\bv?mfa\b|multi-?factor|login protection|totp|passcode|second factor/i.test(text),
    code: 'credentials_refused',
    what: 'this user needs a second factor (MFA), so a password is not enough',
    hint: 'use access keys, or an IAM user for programs without login protection',
  },
  {
    matches: ({ code, text }) => code === 'IAM.0061' || /\block(?:ed|out)?\b/i.test(text),
    code: 'credentials_refused',
    what: 'the user is locked',
    hint: 'wait 15 minutes without an attempt, then check the password: each wrong one counts',
  },
  {
    matches: ({ status, code, text }) =>
      code === 'IAM.0081' || (status === 403 && /console|programmatic/i.test(text)),
    code: 'access_denied',
    what: 'this user can only use the console',
    hint: 'turn on programmatic access for the user in IAM, or use another user or access keys',
  },
  {
    matches: ({ text }) => /password[^.]*expired/i.test(text),
    code: 'credentials_refused',
    what: 'the password has expired',
    hint: 'sign in to the console as this user and set a new password',
  },
  {
    matches: ({ status, code, text }) =>
      code === 'IAM.0062' || (status === 401 && /password|user ?name/i.test(text)),
    code: 'credentials_refused',
    what: 'the user name, the password or the account is wrong',
    hint: `check all three ("My Credentials" shows the account's name; only IAM users can sign in, not the HUAWEI ID itself). The password: ${LOCK}`,
  },
  {
    matches: ({ status, text }) => status < 500 && /project|tenant|region/i.test(text),
    code: 'access_denied',
    what: 'this user has no such project in this account',
    hint: 'check the region and the project id ("My Credentials" lists both), and that the user has permissions in that project',
  },
  {
    matches: ({ status, text }) => status < 500 && /domain|account/i.test(text),
    code: 'credentials_refused',
    what: 'the account is wrong or suspended',
    hint: 'check the account\'s name under "My Credentials", and that its bills are paid',
  },
  {
    // Plain Keystone responds with this whatever is wrong.
    matches: ({ status }) => status === 401,
    code: 'credentials_refused',
    what: 'the user name, the password, the account or the project is wrong',
    hint: `check all four. The password: ${LOCK}`,
  },
  {
    matches: ({ status }) => status === 403,
    code: 'access_denied',
    what: 'the user may not do this',
    hint: 'check the permissions of the user in IAM, and any access control list for this address',
  },
  {
    matches: ({ status }) => status === 404,
    what: 'this address has no sign-in',
    hint: "check that the IAM endpoint is IAM's address, without a path",
  },
  {
    matches: ({ status }) => status < 500,
    what: 'IAM refused the request',
    hint: 'check the spelling of the user name, the account, the region and the IAM endpoint',
  },
];

const FAILURES: Partial<Record<ErrorCode, Advice>> = {
  throttled: {
    what: 'IAM throttles sign-ins',
    hint: 'wait a minute; the token is cached, so one sign-in a day is enough',
  },
  service: {
    what: 'IAM failed',
    hint: 'try again in a minute; if it persists, check the status of the region',
  },
  unreachable: {
    what: 'IAM cannot be reached, or its response cannot be read',
    hint: 'check the network, the region and the IAM endpoint',
  },
};

/** Returns the failure with the words of `advice`, followed by the old message without `hidden`. */
function reworded(error: ServiceError, advice: Advice, hidden?: Secret): ServiceError {
  const password = hidden === undefined ? '' : reveal(hidden);
  const message = password === '' ? error.message : error.message.replaceAll(password, '[secret]');
  const { retryable, cause } = error;
  const options = { hint: advice.hint, retryable, ...(cause === undefined ? {} : { cause }) };
  return new ServiceError(advice.code ?? error.code, `${advice.what} (${message})`, error, options);
}

/**
 * Returns a failed sign-in with its reason and a hint. `response` is IAM's last one, if any. `password` is removed from the
 * message, should IAM repeat it. Errors that are no ServiceError are returned as they are.
 */
export function signInError(
  error: unknown,
  response: HttpResponse | undefined,
  password: Secret,
): unknown {
  if (!(error instanceof ServiceError)) return error;
  const body = response === undefined ? undefined : errorBody(response.body);
  const refusal: Refusal = {
    status: error.status ?? 500,
    code: body?.code ?? '',
    text: body?.message ?? '',
    receipt: response?.headers['openstack-auth-receipt'] !== undefined,
  };
  const isRefused = refusal.status < 500 && error.code !== 'throttled';
  const advice =
    (isRefused ? REFUSALS.find(({ matches }) => matches(refusal)) : undefined) ??
    FAILURES[error.code];
  return advice === undefined ? error : reworded(error, advice, password);
}

/** Returns the error for a token without keys for OBS. */
export function keysError(error: unknown): unknown {
  if (!(error instanceof ServiceError)) return error;
  const absent = error.code === 'not_found' || error.status === 405 || error.status === 501;
  const advice = absent
    ? {
        what: 'this IAM does not issue temporary keys',
        hint: 'OBS needs keys: sign in with access keys',
      }
    : (FAILURES[error.code] ?? {
        what: 'IAM issued a token, but no keys for OBS',
        hint: 'sign in with access keys, or ask the administrator of the account',
      });
  return reworded(error, advice);
}

/** Returns the error for a project that cannot be looked up. */
export function projectError(error: unknown): unknown {
  if (!(error instanceof ServiceError) || error.code === 'clock_skew') return error;
  const advice = FAILURES[error.code] ?? {
    what: 'the project id cannot be looked up',
    hint: 'check the access keys, or set the project id ("My Credentials" lists it)',
  };
  return reworded(error, advice);
}

/** Returns the error for a clock so wrong that every signature would be refused. */
export function skewError(operation: string, skewMs: number): ServiceError {
  const { message, hint } = skewText(skewMs);
  const facts = { service: 'iam', operation, carriedOut: 'no' } as const;
  return new ServiceError('clock_skew', `iam ${operation}: ${message}`, facts, { hint });
}
