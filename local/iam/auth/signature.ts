import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { decode, encode, targetOf } from '../../http/raw-request.ts';

export type SdkAuthorization = { accessKey: string; signedHeaders: string[]; signature: string };

const SCHEME = 'SDK-HMAC-SHA256';

/** Parses an `Authorization: SDK-HMAC-SHA256 ...` header; undefined for any other. */
export function parseAuthorization(header: string): SdkAuthorization | undefined {
  const match =
    /^SDK-HMAC-SHA256 Access=([^,\s]{1,128}), ?SignedHeaders=([^,\s]{1,2048}), ?Signature=([0-9a-f]{64})$/.exec(
      header,
    );
  if (match === null) return undefined;
  const [, accessKey = '', names = '', signature = ''] = match;
  return { accessKey, signedHeaders: names.split(';'), signature };
}

/** True if the request was signed with this secret key (api-sign-algorithm). */
export function isValidSignature(
  request: Request,
  body: Uint8Array,
  authorization: SdkAuthorization,
  secretKey: string,
): boolean {
  const canonical = canonicalRequest(request, body, authorization.signedHeaders);
  if (canonical === undefined) return false;
  const date = request.headers.get('x-sdk-date') ?? '';
  const expected = createHmac('sha256', secretKey)
    .update(`${SCHEME}\n${date}\n${sha256(canonical)}`)
    .digest();
  return timingSafeEqual(expected, Buffer.from(authorization.signature, 'hex'));
}

/** Parses `YYYYMMDDTHHMMSSZ` as epoch milliseconds; undefined for any other text. */
export function parseSdkDate(text: string | null): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '');
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match.map(Number);
  return Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second);
}

function canonicalRequest(
  request: Request,
  body: Uint8Array,
  signedHeaders: string[],
): string | undefined {
  const { host, path, query } = targetOf(request);
  const sorted = [...signedHeaders].sort();
  if (!sorted.includes('x-sdk-date')) return undefined;
  const lines: string[] = [];
  for (const name of sorted) {
    const value = request.headers.get(name) ?? (name === 'host' ? host : null);
    if (value === null) return undefined;
    lines.push(`${name}:${value.trim()}\n`);
  }
  const uri = path
    .split('/')
    .map((segment) => encode(decode(segment)))
    .join('/');
  const declared = request.headers.get('x-sdk-content-sha256');
  const actual = sha256(body);
  if (declared !== null && declared !== 'UNSIGNED-PAYLOAD' && declared !== actual) return undefined;
  return [
    request.method,
    uri.endsWith('/') ? uri : `${uri}/`,
    canonicalQuery(query),
    lines.join(''),
    sorted.join(';'),
    declared ?? actual,
  ].join('\n');
}

function canonicalQuery(query: string): string {
  if (query === '') return '';
  const pairs = query.split('&').map((pair): [string, string] => {
    const equals = pair.indexOf('=');
    const [name, value] =
      equals === -1 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
    return [encode(decodeQuery(name)), encode(decodeQuery(value))];
  });
  pairs.sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]));
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

const decodeQuery = (text: string) => decode(text.replaceAll('+', ' '));

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Compares two texts in constant time. */
export function isSameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
