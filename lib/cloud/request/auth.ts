import { type ErrorCode, PhonevaultError, ServiceError } from '../../errors.ts';
import type { Clock } from '../../clock.ts';
import { reveal, type Secret, secretIn } from '../../secret.ts';
import type { HttpRequest, HttpResponse, Send } from './send.ts';
import { skewOf } from './skew.ts';

/** What the function's agency gives; any part may be missing. The access key is a name and no secret. */
export type Credentials = Readonly<{
  token: Secret | undefined;
  accessKey: string;
  secretKey: Secret | undefined;
  securityToken: Secret | undefined;
}>;

/** Credentials of texts, '' standing for what is missing. */
export function credentialsFrom(texts: {
  token: string;
  accessKey: string;
  secretKey: string;
  securityToken: string;
}): Credentials {
  return {
    token: secretIn(texts.token),
    accessKey: texts.accessKey,
    secretKey: secretIn(texts.secretKey),
    securityToken: secretIn(texts.securityToken),
  };
}

/** Sends with credentials. `signed` is true when the answer is to a signature, so that clocks matter. */
export type Authenticator = (
  request: HttpRequest,
  send: Send,
) => Promise<{ response: HttpResponse; signed: boolean }>;

/** `20260102T030405Z`, as X-Sdk-Date wants it. */
function sdkDate(now: number): string {
  return new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

/**
 * Signs with SDK-HMAC-SHA256 through the official signer, which is loaded at the first need: most
 * invocations get by with the token and should not pay for it.
 */
async function sign(
  request: HttpRequest,
  keys: Credentials,
  projectId: string,
  now: number,
): Promise<HttpRequest> {
  const { AKSKSigner } = await import('@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js');
  const [address = '', query = ''] = request.url.split('?');
  const queryParams: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(query)) (queryParams[name] ??= []).push(value);
  // Only getAk and getSk of the credential are asked for; the signer encodes the path itself and
  // hashes JSON.stringify(data), which gives back the body it was parsed from.
  const { accessKey, secretKey, securityToken } = keys;
  const sk = secretKey === undefined ? '' : reveal(secretKey);
  const credential = { getAk: () => accessKey, getSk: () => sk };
  const headers = AKSKSigner.sign(
    {
      method: request.method,
      endpoint: address,
      queryParams,
      ...(typeof request.body === 'string' ? { data: JSON.parse(request.body) as unknown } : {}),
      headers: {
        ...request.headers,
        'X-Sdk-Date': sdkDate(now),
        ...(projectId === '' ? {} : { 'X-Project-Id': projectId }),
        ...(securityToken === undefined ? {} : { 'X-Security-Token': reveal(securityToken) }),
      },
    },
    credential as unknown as Parameters<typeof AKSKSigner.sign>[1],
  ) as Record<string, string>;
  return { ...request, headers };
}

function missing(): PhonevaultError {
  return new PhonevaultError('credentials_missing', 'the context holds neither token nor keys', {
    hint: 'set an agency on the function, with access to CPH, OBS, SMN and FunctionGraph',
  });
}

function spent(code: ErrorCode): ServiceError {
  return new ServiceError(
    code,
    'credentials were refused before: not sent',
    { service: 'iam', operation: 'authenticate', carriedOut: 'no' },
    {
      hint: 'the next invocation gets new credentials; if it persists, check the agency and the clock',
    },
  );
}

/**
 * The credentials of one invocation. The token goes first; once refused, `renew` may give another; once
 * that is refused too (or there is none), keys sign for the rest; once those are refused, nothing is
 * sent any more (five bad signatures lock a key for minutes). Until a signature was accepted, signed
 * requests go one at a time for the same reason.
 * Throws credentials_missing when there is nothing to send, credentials_refused or clock_skew when
 * all was refused before, and what `renew` threw when no keys are left.
 */
export function createAuthenticator(options: {
  credentials: Credentials;
  /** Goes into X-Project-Id of signed requests, unless ''. */
  projectId: string;
  clock: Clock;
  /** Called when the token is refused and keys sign from here on. */
  onTokenRefused?: () => void;
  /** Gets new credentials for a refused token: again only for one that was taken in between. */
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

  /** Sends with the token and, when it is refused, once more with a newer one if that can be had. */
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
    // Others may have renewed it while this one was under way.
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
    if (refusal) throw spent(refusal);
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
    if (keys.token === undefined && !canSign()) throw missing();
    if (refusal) throw spent(refusal);
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
