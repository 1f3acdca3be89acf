import type { Caller } from './authenticate.ts';
import { problem } from './problem.ts';

const KEY = /^[\x21-\x7e]{1,255}$/;

/** The description of the header. */
export const KEY_HEADER =
  'Idempotency key: 1 to 255 visible ASCII characters. Required with a bearer token; for a webhook it is the webhook-id.';

/** Returns the token of a key: each caller has its own keys. No name of a caller and no token of the command line has a NUL. */
export function tokenOf({ kind, name }: Caller, key: string): string {
  return [kind, name, key].join('\0');
}

/** Returns the idempotency key of a call. Throws a 400 for a missing or invalid one. */
export function keyOf(caller: Caller, headers: Headers): string {
  const webhook = caller.kind === 'webhook';
  const name = webhook ? 'webhook-id' : 'Idempotency-Key';
  const key = webhook ? caller.messageId : headers.get('idempotency-key');
  if (key === null || key === '') {
    throw problem(
      400,
      'key_missing',
      `The header ${name} is missing: it makes a repeated request safe.`,
    );
  }
  if (KEY.test(key)) return key;
  throw problem(400, 'key_invalid', `${name} must be 1 to 255 visible ASCII characters.`);
}
