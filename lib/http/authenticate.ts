import { problem } from './problem.ts';
import { findToken, type Scope, type TokenEntry } from './tokens.ts';
import { findSigner, type WebhookSecret } from './webhooks.ts';

export type Caller =
  | { kind: 'token'; name: string; scopes: Scope[] }
  /** May only start runs of its policies; `messageId` is the idempotency key. */
  | { kind: 'webhook'; name: string; policies: string[] | undefined; messageId: string };

/** All authorized callers. */
export type Callers = { tokens: TokenEntry[]; webhooks: WebhookSecret[] };

/** `body` returns undefined for a body that is too large to be checked. Only a signed request's body is read. */
type Call = { headers: Headers; body(): Promise<Uint8Array | undefined> };

/**
 * Returns the caller, by bearer token or by the signature of a webhook. A signed request may carry an Authorization header for
 * somebody else, such as a proxy. Throws a 401 that does not reveal which names exist. `now` in epoch ms.
 */
export async function authenticate(callers: Callers, call: Call, now: number): Promise<Caller> {
  const authorization = call.headers.get('authorization');
  const entry = authorization === null ? undefined : tokenEntry(callers.tokens, authorization);
  if (entry !== undefined) return byToken(entry, now);
  const id = call.headers.get('webhook-id');
  const timestamp = call.headers.get('webhook-timestamp');
  const signature = call.headers.get('webhook-signature');
  if (id === null && timestamp === null && signature === null) {
    if (authorization !== null) throw refused('token_unknown', 'Unknown bearer token.');
    throw refused('unauthenticated', 'Send a bearer token, or sign the request as a webhook.');
  }
  if (id === null || timestamp === null || signature === null) {
    const names = 'webhook-id, webhook-timestamp and webhook-signature';
    throw refused('signature_incomplete', `A signed request needs the headers ${names}.`);
  }
  const body = await call.body();
  const signer = body && findSigner(callers.webhooks, { id, timestamp, signature }, body, now);
  if (signer === 'stale') {
    const detail = 'The webhook-timestamp is more than five minutes off.';
    throw refused('signature_stale', detail);
  }
  if (signer === undefined) throw refused('signature_wrong', 'Signature mismatch.');
  return { kind: 'webhook', name: signer.name, policies: signer.policies, messageId: id };
}

function tokenEntry(tokens: TokenEntry[], authorization: string): TokenEntry | undefined {
  const token = /^bearer +(\S+)$/i.exec(authorization)?.[1];
  return token === undefined ? undefined : findToken(tokens, token);
}

function byToken(entry: TokenEntry, now: number): Caller {
  if (now >= entry.expires) throw refused('token_expired', 'Token expired.');
  return { kind: 'token', name: entry.name, scopes: entry.scopes };
}

function refused(code: string, detail: string) {
  return problem(401, code, detail, {
    headers: { 'www-authenticate': 'Bearer realm="phonevault"' },
  });
}

/** Throws a 403 unless the caller has the scope. 'any' allows every bearer token. */
export function requireScope(caller: Caller, scope: Scope | 'any'): void {
  if (caller.kind === 'webhook') {
    if (scope === 'run') return;
    throw problem(403, 'forbidden', 'A webhook may only start runs.');
  }
  if (scope === 'any' || caller.scopes.includes(scope)) return;
  throw problem(403, 'forbidden', `This token lacks the scope ${scope}.`);
}
