import { createHash } from 'node:crypto';
import { parseTokenEntry, type TokenEntry } from '../lib/http/tokens.ts';
import { parseWebhookSecret, type WebhookSecret } from '../lib/http/webhooks.ts';
import { MARK } from './leaks/marks.ts';

const tokenOf = (letter: string): string => `pv_${MARK}${letter.repeat(26)}${MARK}`;

export const TOKEN = tokenOf('t');
export const READER = tokenOf('r');
export const EXPIRED = tokenOf('e');
export const WEBHOOK_KEYS = [7, 8, 9].map((digit) => {
  const bytes = Buffer.from(`${MARK}${String(digit).repeat(26)}${MARK}000`, 'base64');
  return `whsec_${bytes.toString('base64')}`;
});

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
