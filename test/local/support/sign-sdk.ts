import { createHash, createHmac } from 'node:crypto';

export type ToSign = {
  method: string;
  host: string;
  /** Not encoded. */
  path: string;
  query?: [string, string][];
  headers?: Record<string, string>;
  body?: string;
  date: number;
};

const hex = (text: string) => createHash('sha256').update(text).digest('hex');

const encode = (text: string) =>
  [...Buffer.from(text)]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[A-Za-z0-9\-_.~]/.test(char)
        ? char
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');

/** Signs with SDK-HMAC-SHA256 as in the signing guide; returns the headers to send. */
export function signSdk(
  request: ToSign,
  keys: { accessKey: string; secretKey: string; securityToken?: string | undefined },
): Record<string, string> {
  const date = `${new Date(request.date).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;
  const headers: Record<string, string> = { ...request.headers, host: request.host };
  headers['x-sdk-date'] = date;
  if (keys.securityToken !== undefined) headers['x-security-token'] = keys.securityToken;
  const names = Object.keys(headers).sort();
  const query = (request.query ?? [])
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1));
  const path = request.path.split('/').map(encode).join('/');
  const canonical = [
    request.method,
    path.endsWith('/') ? path : `${path}/`,
    query.map(([name, value]) => `${name}=${value}`).join('&'),
    names.map((name) => `${name}:${headers[name] ?? ''}\n`).join(''),
    names.join(';'),
    hex(request.body ?? ''),
  ].join('\n');
  const signature = createHmac('sha256', keys.secretKey)
    .update(`SDK-HMAC-SHA256\n${date}\n${hex(canonical)}`)
    .digest('hex');
  headers.authorization = `SDK-HMAC-SHA256 Access=${keys.accessKey}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return headers;
}
