import { type ErrorCode, PhonevaultError, ServiceError } from '../../errors.ts';
import type { Clock } from '../../clock.ts';
import { reveal, type Secret } from '../../secret.ts';
import type { Credentials } from './credentials.ts';
import type { HttpRequest, HttpResponse, Send } from './send.ts';
import { sign } from './sign.ts';
import { skewOf } from './skew.ts';

/** Sends a request with credentials. `signed`: the response is to a signed request, so clocks matter. */
export type Authenticator = (
  request: HttpRequest,
  send: Send,
) => Promise<{ response: HttpResponse; signed: boolean }>;

/**
 * Returns the authenticator of one invocation. It uses the token first. When the token is refused, `renew` may give another.
 * When that is refused too, or there is none, requests are signed with the keys. When a signature is refused, nothing more
 * is sent: five bad signatures lock a key for minutes. For the same reason signed requests go one at a time until one was
 * accepted.
 * Throws credentials_missing when there is nothing to authenticate with, credentials_refused or clock_skew once everything
 * was refused, and the error of `renew` when there are no keys.
 */
export function createAuthenticator(options: {
  credentials: Credentials;
  /** Goes into X-Project-Id of signed requests, unless ''. */
  projectId: string;
  clock: Clock;
  /** Called when the token is refused: from then on requests are signed with the keys. */
  onTokenRefused?: () => void;
  /** Gets new credentials when a token is refused; called again only after the new token was accepted. */
  renew?: (() => Promise<Credentials>) | undefined;
}): Authenticator {
  const { projectId, clock, onTokenRefused } = options;
  let keys = options.credentials;
  const canSign = () => keys.accessKey !== '' && keys.secretKey !== undefined;
  let tokenGood = keys.token !== undefined;
  let renew = options.renew;
  let renewedSince = false;
  let renewal: Promise<void> | undefined;
  let signatureAccepted = false;
  let refusal: ErrorCode | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const withToken = async (request: HttpRequest, send: Send, token: Secret) => {
    const headers = { ...request.headers, 'X-Auth-Token': reveal(token) };
    return send({ ...request, headers });
  };

  const renewOnce = async (get: () => Promise<Credentials>) => {
    try {
      keys = await get();
      renewedSince = true;
    } catch (error) {
      renew = undefined;
      if (!canSign()) throw error;
    } finally {
      renewal = undefined;
    }
  };

  /** Sends with the token; when that is refused, once more with a newer token, if there is one. */
  const withTokens = async (
    request: HttpRequest,
    send: Send,
    token: Secret,
  ): Promise<HttpResponse> => {
    const first = await withToken(request, send, token);
    if (first.status !== 401) {
      if (token === keys.token) renewedSince = false;
      return first;
    }
    // Another request may have renewed the token meanwhile.
    if (token === keys.token) {
      if (renew && !renewedSince && tokenGood) renewal ??= renewOnce(renew);
      await renewal;
    }
    if (keys.token === undefined || keys.token === token || !tokenGood) return first;
    const second = await withToken(request, send, keys.token);
    if (second.status !== 401) renewedSince = false;
    return second;
  };

  const withKeys = async (request: HttpRequest, send: Send) => {
    if (refusal) throw alreadyRefused(refusal);
    const response = await send(await sign(request, keys, projectId, clock.now()));
    if (response.status !== 401) signatureAccepted = true;
    else
      refusal = skewOf(response.headers['date'], clock.now())
        ? 'clock_skew'
        : 'credentials_refused';
    return { response, signed: true };
  };

  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const mine = turn.then(task);
    turn = mine.catch(() => undefined);
    return mine;
  };

  return async (request, send) => {
    if (keys.token === undefined && !canSign()) throw credentialsMissing();
    if (refusal) throw alreadyRefused(refusal);
    if (tokenGood && keys.token !== undefined) {
      const response = await withTokens(request, send, keys.token);
      if (response.status !== 401) return { response, signed: false };
      tokenGood = false;
      onTokenRefused?.();
      if (!canSign()) {
        refusal = 'credentials_refused';
        return { response, signed: false };
      }
    }
    return signatureAccepted ? withKeys(request, send) : inTurn(() => withKeys(request, send));
  };
}

function credentialsMissing(): PhonevaultError {
  return new PhonevaultError('credentials_missing', 'the function has neither a token nor keys', {
    hint: 'set an agency on the function, with access to CPH, OBS, SMN and FunctionGraph',
  });
}

function alreadyRefused(code: ErrorCode): ServiceError {
  return new ServiceError(
    code,
    'request not sent: the service has refused these credentials',
    { service: 'iam', operation: 'authenticate', carriedOut: 'no' },
    {
      hint: 'the next invocation gets new credentials; if it persists, check the agency and the clock',
    },
  );
}
