import { Webhook } from 'standardwebhooks';
import { TOKEN } from '../keys.ts';
import type { Sent } from './event.ts';

const json = (value: unknown): string => JSON.stringify(value);
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

export const start = (body: unknown, key?: string): Sent => ({
  method: 'POST',
  path: '/v1/runs',
  headers: { ...bearer(TOKEN), ...(key === undefined ? {} : { 'Idempotency-Key': key }) },
  body: typeof body === 'string' ? body : json(body),
});

export const get = (path: string, query = {}, token = TOKEN): Sent => ({
  path,
  query,
  headers: bearer(token),
});

export const plan = (body: unknown, query = {}): Sent => ({
  method: 'POST',
  path: '/v1/plan',
  query,
  headers: bearer(TOKEN),
  body: json(body),
});

export const cancel = (id: string): Sent => ({
  method: 'POST',
  path: `/v1/runs/${id}/cancel`,
  headers: bearer(TOKEN),
});

/** A signed webhook. `away`: how far its timestamp is from now, in ms; `joint`: between its signatures. */
export const hook = (
  secrets: string[],
  id: string,
  body: unknown,
  { away = 0, joint = ' ' } = {},
): Sent => {
  const at = new Date(Date.now() + away);
  const signatures = secrets.map((one) => new Webhook(one).sign(id, at, json(body)));
  const headers = {
    'Webhook-Id': id,
    'Webhook-Timestamp': String(Math.floor(at.getTime() / 1000)),
    'Webhook-Signature': signatures.join(joint),
  };
  return { method: 'POST', path: '/v1/runs', headers, body: json(body) };
};
