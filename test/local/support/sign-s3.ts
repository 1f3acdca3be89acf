import { createHash, createHmac } from 'node:crypto';

// AWS Signature Version 4, written from its specification.

export type Key = { accessKey: string; secretKey: string; securityToken?: string | undefined };

export type ToSign = {
  method: string;
  host: string;
  /** As sent. */
  path: string;
  query?: [string, string][];
  headers?: Record<string, string>;
  body?: string;
};

const sha256 = (data: string) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, text: string) =>
  createHmac('sha256', key).update(text).digest();

export function percent(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      if (/[A-Za-z0-9._~-]/.test(char)) return char;
      return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}

function signatureOf(
  toSign: { method: string; path: string; query: [string, string][]; payload: string },
  headers: Record<string, string>,
  { date, region, secretKey }: { date: string; region: string; secretKey: string },
): string {
  const { method, path, query, payload } = toSign;
  const names = Object.keys(headers).sort();
  const canonical = [
    method,
    path,
    query
      .map(([name, value]): [string, string] => [percent(name), percent(value)])
      .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : 1))
      .map((pair) => pair.join('='))
      .join('&'),
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    payload,
  ].join('\n');
  const scope = `${date.slice(0, 8)}/${region}/s3/aws4_request`;
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secretKey}`);
  return hmac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`).toString('hex');
}

const stampOf = (now: number) => new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');

/** Returns the headers of a signed request, with `host`. */
export function signHeaders(
  toSign: ToSign,
  key: Key,
  { now, region, payload }: { now: number; region: string; payload?: string },
): Record<string, string> {
  const date = stampOf(now);
  const headers: Record<string, string> = {
    ...toSign.headers,
    host: toSign.host,
    'x-amz-date': date,
    'x-amz-content-sha256': payload ?? sha256(toSign.body ?? ''),
    ...(key.securityToken === undefined ? {} : { 'x-amz-security-token': key.securityToken }),
  };
  const { secretKey } = key;
  const payloadHash = headers['x-amz-content-sha256'] ?? '';
  const { method, path, query = [] } = toSign;
  const signature = signatureOf({ method, path, query, payload: payloadHash }, headers, {
    date,
    region,
    secretKey,
  });
  const scope = `${date.slice(0, 8)}/${region}/s3/aws4_request`;
  const names = Object.keys(headers).sort().join(';');
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${key.accessKey}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

/** Returns the query of a presigned URL. */
export function presign(
  toSign: ToSign,
  key: Key,
  { now, region, expires }: { now: number; region: string; expires: number },
): string {
  const date = stampOf(now);
  const query: [string, string][] = [
    ...(toSign.query ?? []),
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${key.accessKey}/${date.slice(0, 8)}/${region}/s3/aws4_request`],
    ['X-Amz-Date', date],
    ['X-Amz-Expires', String(expires)],
    ['X-Amz-SignedHeaders', 'host'],
  ];
  if (key.securityToken !== undefined) query.push(['X-Amz-Security-Token', key.securityToken]);
  const { secretKey } = key;
  const { method, path, host } = toSign;
  const signature = signatureOf(
    { method, path, query, payload: 'UNSIGNED-PAYLOAD' },
    { host },
    {
      date,
      region,
      secretKey,
    },
  );
  return [...query, ['X-Amz-Signature', signature] as const]
    .map(([name, value]) => `${percent(name)}=${percent(value)}`)
    .join('&');
}
