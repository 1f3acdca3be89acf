import { createHash } from 'node:crypto';
import { encode, targetOf } from '../../http/raw-request.ts';
import { ObsError } from '../wire/error.ts';

/** Returns the host of a request, with its port. */
export function hostOf(request: Request): string {
  return request.headers.get('host') ?? targetOf(request).host;
}

/** Returns the decoded pairs of a raw query, in the order sent. Throws InvalidURI. */
export function queryPairs(query: string): [string, string][] {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...value] = pair.replaceAll('+', ' ').split('=');
      return [decodeUri(name), decodeUri(value.join('='))];
    });
}

/** Percent-decodes a text. Throws InvalidURI unless it is percent-encoded UTF-8. */
export function decodeUri(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ObsError(400, 'InvalidURI', 'Could not parse the specified URI.');
  }
}

/**
 * Returns the canonical request of Signature V4 for S3: the path is encoded once and not normalised. Undefined if a signed
 * header is missing.
 */
export function canonicalRequest(
  request: Request,
  signedHeaders: readonly string[],
  payloadHash: string,
): string | undefined {
  const { path, query } = targetOf(request);
  const lines: string[] = [];
  for (const name of signedHeaders) {
    const value = name === 'host' ? hostOf(request) : request.headers.get(name);
    if (value === null) return undefined;
    lines.push(`${name}:${value.trim().replace(/ +/g, ' ')}\n`);
  }
  const pairs = queryPairs(query)
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return [
    request.method,
    encode(decodeUri(path)).replaceAll('%2F', '/'),
    sortPairs(pairs).join('&'),
    lines.join(''),
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
}

/** Returns the SHA-256 as hex. */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Sorts by name, then by value. Sorting whole pairs would compare `=` with a character of a longer name. */
function sortPairs(pairs: string[]): string[] {
  const splitName = (pair: string) => pair.slice(0, pair.indexOf('='));
  const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return pairs.sort((a, b) => order(splitName(a), splitName(b)) || order(a, b));
}
