import { CALLER_NAME } from '../names.ts';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { reveal, type Secret, secret } from '../secret.ts';

/** A caller that starts runs with signed webhooks (standardwebhooks.com). */
export type WebhookSecret = {
  name: string;
  /** The policies that it may run; undefined means all. */
  policies: string[] | undefined;
  /** The signing key in base64. */
  key: Secret;
};

const TOLERANCE_MS = 5 * 60_000;
const MAX_SIGNATURES = 20;
/** Signatures are separated by spaces; a repeated header arrives joined by commas. */
const SIGNATURE = /(?<![^\s,])v1,([A-Za-z0-9+/]{43}=)(?![^\s,])/g;

/**
 * Reads `whsec_<base64>` or `<name>:<policies joined by +, or *>:whsec_<base64>`. Returns a text instead when the entry is
 * invalid: what is allowed, without quoting the entry.
 */
export function parseWebhookSecret(text: string): WebhookSecret | string {
  const parts = text.split(':');
  const [name = '', policyText = '', keyText = ''] =
    parts.length === 1 ? ['webhook', '*', ...parts] : parts;
  const key = /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?)$/.exec(
    keyText,
  )?.[1];
  if (parts.length > 3 || parts.length === 2 || key === undefined) {
    return 'whsec_<base64>, or <name>:<policies or *>:whsec_<base64>';
  }
  const bytes = Buffer.from(key, 'base64').length;
  if (bytes < 24 || bytes > 64) return 'a key of 24 to 64 bytes in base64 after whsec_';
  if (!CALLER_NAME.test(name)) return 'a name of 1 to 32 of a-z 0-9 and -';
  const policies = policyText === '*' ? undefined : policyText.split('+');
  if (policies?.every((policy) => CALLER_NAME.test(policy)) === false) {
    return 'names of policies joined by +, or *';
  }
  return { name, policies, key: secret(key) };
}

/** The three headers of a Standard Webhooks message. */
export type Signed = { id: string; timestamp: string; signature: string };

/**
 * Returns the secret that a message was signed with, or 'stale' when its timestamp is more than five minutes off `now` (epoch
 * ms). Compares every secret with every signature in constant time.
 */
export function findSigner(
  secrets: readonly WebhookSecret[],
  { id, timestamp, signature }: Signed,
  body: Uint8Array,
  now: number,
): WebhookSecret | 'stale' | undefined {
  if (!/^\d{1,12}$/.test(timestamp)) return undefined;
  if (Math.abs(now - Number(timestamp) * 1000) > TOLERANCE_MS) return 'stale';
  const given = [...signature.matchAll(SIGNATURE)]
    .slice(0, MAX_SIGNATURES)
    .map(([, one = '']) => Buffer.from(one, 'base64'));
  let found: WebhookSecret | undefined;
  for (const entry of secrets) {
    const hmac = createHmac('sha256', Buffer.from(reveal(entry.key), 'base64'));
    const expected = hmac.update(`${id}.${timestamp}.`).update(body).digest();
    for (const one of given) if (timingSafeEqual(one, expected)) found = entry;
  }
  return found;
}
