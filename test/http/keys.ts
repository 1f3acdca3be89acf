import { createHash } from 'node:crypto';
import { parseTokenEntry, type TokenEntry } from '../../lib/http/tokens.ts';
import { parseWebhookSecret, type WebhookSecret } from '../../lib/http/webhooks.ts';

export const TOKEN = `pv_${'t'.repeat(40)}`;
export const READER = `pv_${'r'.repeat(40)}`;
export const EXPIRED = `pv_${'e'.repeat(40)}`;
export const WEBHOOK_KEYS = [7, 8, 9].map(
  (byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`,
);

export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

export function tokenEntry(text: string): TokenEntry {
  const entry = parseTokenEntry(text);
  if (typeof entry === 'string') throw new Error(entry);
  return entry;
}

export function webhookSecret(text: string): WebhookSecret {
  const entry = parseWebhookSecret(text);
  if (typeof entry === 'string') throw new Error(entry);
  return entry;
}
