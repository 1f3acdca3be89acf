import { type ErrorCode, ServiceError } from '../errors.ts';
import { reveal, type Secret } from '../secret.ts';
import { errorBody } from './request/error-text.ts';
import type { HttpResponse } from './request/send.ts';
import { skewText } from './request/skew.ts';

type Advice = { code?: ErrorCode; what: string; hint: string };
type Said = { status: number; code: string; text: string; receipt: boolean };

const LOCK = 'it was sent once and is not tried again: five wrong ones in a row lock the user';

// The first that fits. IAM answers in Keystone's shape, in its own (IAM.00xx) or through its gateway, and
// tells most reasons in words only (api-iam iam_02_0006, iam_30_0001, iam_03_0006; iam_faq account locked).
const REFUSALS: (Advice & { fits: (said: Said) => boolean })[] = [
  {
    // Keystone hands out a receipt when a second factor is due.
    fits: ({ receipt, text }) =>
      receipt || /\bv?mfa\b|multi-?factor|login protection|totp|passcode|second factor/i.test(text),
    code: 'credentials_refused',
    what: 'this user needs a second factor (MFA), which a password alone cannot give',
    hint: 'use access keys, or an IAM user for programs without login protection',
  },
  {
    fits: ({ code, text }) => code === 'IAM.0061' || /\block(?:ed|out)?\b/i.test(text),
    code: 'credentials_refused',
    what: 'the user is locked',
    hint: 'wait 15 minutes without trying, then check the password: each wrong one counts',
  },
  {
    fits: ({ status, code, text }) =>
      code === 'IAM.0081' || (status === 403 && /console|programmatic/i.test(text)),
    code: 'access_denied',
    what: 'this user may use the console only',
    hint: 'have programmatic access turned on for the user in IAM, or use another user or access keys',
  },
  {
    fits: ({ text }) => /password[^.]*expired/i.test(text),
    code: 'credentials_refused',
    what: 'the password has expired',
    hint: 'sign in to the console as this user and set a new password',
  },
  {
    fits: ({ status, code, text }) =>
      code === 'IAM.0062' || (status === 401 && /password|user ?name/i.test(text)),
    code: 'credentials_refused',
    what: 'the user name, the password or the account is wrong',
    hint: `check all three (the account's name is shown under "My Credentials"; a HUAWEI ID itself cannot sign in, only its IAM users can). The password: ${LOCK}`,
  },
  {
    fits: ({ status, text }) => status < 500 && /project|tenant|region/i.test(text),
    code: 'access_denied',
    what: 'the project is not one that this user has in this account',
    hint: 'check the region and the project id ("My Credentials" lists both), and that the user has rights in that project',
  },
  {
    fits: ({ status, text }) => status < 500 && /domain|account/i.test(text),
    code: 'credentials_refused',
    what: 'the account is wrong or unusable',
    hint: 'check the account\'s name under "My Credentials", and that it is not in arrears',
  },
  {
    // All that plain Keystone says, whatever is wrong.
    fits: ({ status }) => status === 401,
    code: 'credentials_refused',
    what: 'the user name, the password, the account or the project is wrong',
    hint: `check all four. The password: ${LOCK}`,
  },
  {
    fits: ({ status }) => status === 403,
    code: 'access_denied',
    what: 'the user may not do this',
    hint: 'check what the user may do in IAM; an access control list may also keep this address out',
  },
  {
    fits: ({ status }) => status === 404,
    what: 'there is no sign-in at this address',
    hint: "check that the IAM endpoint is IAM's address, without a path",
  },
  {
    fits: ({ status }) => status < 500,
    what: 'IAM did not take the request',
    hint: 'check the user name, the account, the region and the IAM endpoint for typing mistakes',
  },
];

const TROUBLES: Partial<Record<ErrorCode, Advice>> = {
  throttled: {
    what: 'IAM is asked too often',
    hint: 'wait a minute; tokens are kept, so one sign-in a day is enough',
  },
  service: {
    what: 'IAM has trouble',
    hint: 'try again in a minute; if it lasts, look at the status of the region',
  },
  unreachable: {
    what: 'IAM cannot be reached, or did not answer in a way that can be read',
    hint: 'check the network, the region and the IAM endpoint',
  },
};

/** The same failure in other words. The old message goes along, without `hidden`; the old error does not. */
function reworded(error: ServiceError, advice: Advice, hidden?: Secret): ServiceError {
  const password = hidden === undefined ? '' : reveal(hidden);
  const told = password === '' ? error.message : error.message.replaceAll(password, '[secret]');
  const { retryable, cause } = error;
  const options = { hint: advice.hint, retryable, ...(cause === undefined ? {} : { cause }) };
  return new ServiceError(advice.code ?? error.code, `${advice.what} (${told})`, error, options);
}

/**
 * What a failed sign-in means and what to do about it. `response` is IAM's last answer, if there was one; `password` is
 * kept out of the message, should the answer repeat it. Errors that are no ServiceError pass.
 */
export function signInError(
  error: unknown,
  response: HttpResponse | undefined,
  password: Secret,
): unknown {
  if (!(error instanceof ServiceError)) return error;
  const trouble = TROUBLES[error.code];
  const told = response === undefined ? undefined : errorBody(response.body);
  const said: Said = {
    status: error.status ?? 500,
    code: told?.code ?? '',
    text: told?.message ?? '',
    receipt: response?.headers['openstack-auth-receipt'] !== undefined,
  };
  const refusal =
    error.status === undefined || error.status >= 500 || error.code === 'throttled'
      ? undefined
      : REFUSALS.find(({ fits }) => fits(said));
  const advice = refusal ?? trouble;
  return advice === undefined ? error : reworded(error, advice, password);
}

/** What it means when the token was given but keys for OBS were not. */
export function keysError(error: unknown): unknown {
  if (!(error instanceof ServiceError)) return error;
  const absent = error.code === 'not_found' || error.status === 405 || error.status === 501;
  const advice = absent
    ? { what: 'this IAM gives no temporary keys', hint: 'OBS needs keys: sign in with access keys' }
    : (TROUBLES[error.code] ?? {
        what: 'IAM gave a token, but no keys for OBS',
        hint: 'sign in with access keys, or ask the administrator of the account',
      });
  return reworded(error, advice);
}

/** What it means when the project cannot be looked up. */
export function projectError(error: unknown): unknown {
  if (!(error instanceof ServiceError) || error.code === 'clock_skew') return error;
  const advice = TROUBLES[error.code] ?? {
    what: 'the project id cannot be looked up',
    hint: 'check the access keys, or set the project id ("My Credentials" lists it)',
  };
  return reworded(error, advice);
}

/** Signatures would all be refused: better said before the first. */
export function skewError(operation: string, skewMs: number): ServiceError {
  const { message, hint } = skewText(skewMs);
  const facts = { service: 'iam', operation, carriedOut: 'no' } as const;
  return new ServiceError('clock_skew', `iam ${operation}: ${message}`, facts, { hint });
}
