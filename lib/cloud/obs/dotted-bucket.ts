import { isIP } from 'node:net';
import { type HttpResponse, TransportError } from '../request/send.ts';

/** The parts of an SDK request that say where it goes. */
type Addressed = { protocol: string; hostname: string; path: string };

/**
 * Rewrites where a request goes if the name of its bucket has dots: over HTTPS to the bucket's host name, because OBS refuses
 * path style, over HTTP to the path. The SDK chooses the opposite. An IP address has no host names of buckets: always the path.
 */
export function addressDotted(request: Addressed, bucket: string, endpoint: string): void {
  if (!bucket.includes('.') || isIP(endpoint.replace(/^\[|\]$/g, '')) !== 0) return;
  const inPath = request.hostname === endpoint;
  if (request.protocol === 'https:' && inPath) {
    request.hostname = `${bucket}.${endpoint}`;
    request.path = request.path.slice(`/${bucket}`.length) || '/';
  } else if (request.protocol === 'http:' && !inPath) {
    request.hostname = endpoint;
    request.path = `/${bucket}${request.path}`;
  }
}

/**
 * Returns the TLS server name for a bucket whose name has dots: the endpoint's. The certificate of a region covers one label
 * below it, `*.obs.<region>.myhuaweicloud.com`, and the endpoint itself. Returns undefined for any other request.
 */
export function serverNameOf(hostname: string, endpoint: string): string | undefined {
  if (!hostname.endsWith(`.${endpoint}`)) return undefined;
  return hostname.slice(0, -endpoint.length - 1).includes('.') ? endpoint : undefined;
}

/** Performs a call. If TLS under a server name of our own fails, the error has a hint. */
export async function explained(
  serverName: string | undefined,
  work: () => Promise<HttpResponse>,
): Promise<HttpResponse> {
  try {
    return await work();
  } catch (error) {
    if (serverName !== undefined && error instanceof TransportError && error.kind === 'tls') {
      error.hint = `the bucket's name has dots, so ${serverName} was the TLS server name, which OBS may not accept: use a bucket without dots`;
    }
    throw error;
  }
}
