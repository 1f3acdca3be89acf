import { gatewayError } from '../../http/responses.ts';
import { hexId, type Random } from '../../simulation/random.ts';
import type { Time } from '../../simulation/time.ts';
import type { Keys, Principal } from './keys.ts';
import { isSameText, isValidSignature, parseAuthorization, parseSdkDate } from './signature.ts';
import type { Tokens } from './tokens.ts';

/** The caller and the project of its token or key, if it has one. */
export type Identity = { principal: Principal; projectId: string | undefined; byToken: boolean };

export type Gateway = {
  /** Returns the caller of a request, or a 401. */
  identify(request: Request, body: Uint8Array): Promise<Identity | Response>;
  /** Returns a 401, or undefined if the caller is authenticated. */
  authenticate(request: Request, body: Uint8Array): Promise<Response | undefined>;
};

const MAX_SKEW_MS = 15 * 60_000;
const LOCK_MS = 5 * 60_000;
const LOCK_AFTER = 5;

/** Checks X-Auth-Token or an SDK-HMAC-SHA256 signature. Functions sign in simulated time, all others in real time. */
export function createGateway(options: {
  keys: Keys;
  tokens: Tokens;
  time: Time;
  random: Random;
}): Gateway {
  const { keys, tokens, time, random } = options;
  const attempts = new Map<string, { bad: number; lockedUntil: number }>();
  const refuse = (code: string, message: string) => gatewayError(401, code, message, hexId(random));
  const wrong = (why: string) =>
    refuse('APIGW.0301', `Incorrect IAM authentication information: ${why}`);

  const byToken = (token: string): Identity | Response => {
    const record = tokens.find(token);
    if (record === undefined) return wrong('decrypt token fail');
    if (record.expiresAt <= time.now()) return refuse('APIGW.0307', 'The token must be updated.');
    return { principal: record.principal, projectId: record.projectId, byToken: true };
  };

  const bySignature = (request: Request, body: Uint8Array, header: string) => {
    const authorization = parseAuthorization(header);
    if (authorization === undefined) {
      return refuse('APIGW.0303', 'Incorrect app authentication information: unknown scheme');
    }
    const date = parseSdkDate(request.headers.get('x-sdk-date'));
    if (date === undefined) return wrong('X-Sdk-Date missing or malformed');
    const key = keys.find(authorization.accessKey);
    const now = key?.usesSimulatedTime === true ? time.simulated() : time.now();
    if (Math.abs(date - now) > MAX_SKEW_MS) return wrong('X-Sdk-Date differs by over 15 minutes');
    if (key === undefined) return wrong('the access key does not exist');
    const state = attempts.get(key.accessKey) ?? { bad: 0, lockedUntil: 0 };
    if (state.lockedUntil > time.now()) return wrong('the access key is locked');
    if (!isValidSignature(request, body, authorization, key.secretKey)) {
      state.bad += 1;
      if (state.bad >= LOCK_AFTER)
        Object.assign(state, { bad: 0, lockedUntil: time.now() + LOCK_MS });
      attempts.set(key.accessKey, state);
      return wrong('verify aksk signature fail');
    }
    attempts.delete(key.accessKey);
    if (!isSameText(request.headers.get('x-security-token') ?? '', key.securityToken ?? '')) {
      return wrong('X-Security-Token missing or wrong');
    }
    if (key.expiresAt !== undefined && key.expiresAt <= time.now()) {
      return wrong('the security token has expired');
    }
    return { principal: key.principal, projectId: key.projectId, byToken: false };
  };

  const identify = (request: Request, body: Uint8Array): Identity | Response => {
    const header = request.headers.get('authorization');
    if (header !== null) return bySignature(request, body, header);
    const token = request.headers.get('x-auth-token');
    return token === null ? wrong('no token and no signature') : byToken(token);
  };

  return {
    identify: async (request, body) => identify(request, body),
    async authenticate(request, body) {
      const found = identify(request, body);
      return found instanceof Response ? found : undefined;
    },
  };
}
