import * as dns from 'node:dns';
import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction } from 'node:net';
import { PhonevaultError } from '../../errors.ts';

export type HttpRequest = {
  method: string;
  /** Absolute. Path and query are sent exactly as written. */
  url: string;
  /** For TLS: the name to ask for and to find in the certificate, if it is not the host of the URL. */
  serverName?: string;
  headers: Record<string, string>;
  body?: string | Uint8Array;
  /** For the whole exchange, from the name lookup to the last byte of the response. */
  timeoutMs: number;
  /** With it, the exchange gets the time that its bytes need at this rate too, for a megabyte at most. */
  bytesPerSecond?: number;
  signal?: AbortSignal;
  /** The largest response accepted, in bytes. */
  maxBytes?: number;
};

export type HttpResponse = {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Uint8Array;
};

/** The only way onto the network. Rejects with a TransportError when no complete response arrives. */
export type Send = (request: HttpRequest) => Promise<HttpResponse>;

export type TransportKind = 'refused' | 'timeout' | 'cut' | 'aborted' | 'too_large' | 'dns' | 'tls';

/** No complete response arrived. `sent` is false only when certainly nothing reached the server. */
export class TransportError extends Error {
  readonly kind: TransportKind;
  readonly sent: boolean;
  /** What may be the cause, and what to do. */
  hint?: string;

  constructor(kind: TransportKind, sent: boolean, cause?: unknown) {
    super(`no response: ${kind}`, cause === undefined ? undefined : { cause });
    this.name = 'TransportError';
    this.kind = kind;
    this.sent = sent;
  }
}

const MAX_BYTES = 16 * 1024 * 1024;
const MEGABYTE = 1024 * 1024;

/** Returns the time for the bytes of an exchange, in ms. */
function transferMs(
  { bytesPerSecond = Number.POSITIVE_INFINITY }: HttpRequest,
  bytes: number,
): number {
  return (Math.min(bytes, MEGABYTE) * 1_000) / bytesPerSecond;
}

/** True for this machine: loopback addresses, `localhost` and its subdomains (RFC 6761, 6.3). */
export function isLoopback(hostname: string): boolean {
  return /^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(hostname);
}

function loopbackFirst(lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    if (!isLoopback(hostname)) lookup(hostname, options, callback);
    else if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
    else callback(null, '127.0.0.1', 4);
  };
}

type Target = { secure: boolean; hostname: string; port: string; path: string };

/** Splits a URL without normalising its path, because the signature covers the path as written. */
function targetOf(url: string): Target {
  const [, scheme, authority, path = ''] =
    /^(https?):\/\/([^/?#@\s\\]+)([/?][^#\s]*)?$/.exec(url) ?? [];
  if (!scheme || !authority)
    throw new PhonevaultError('setting_invalid', 'an endpoint is not an http(s) URL');
  const { hostname, port } = new URL(`${scheme}://${authority}`);
  if (scheme === 'http' && !isLoopback(hostname)) {
    throw new PhonevaultError('setting_invalid', `plain http to ${hostname} is not allowed`, {
      hint: 'use https; http is allowed only to this machine',
    });
  }
  const bare = hostname.replace(/^\[|\]$/g, '');
  return {
    secure: scheme === 'https',
    hostname: bare,
    port,
    path: path.startsWith('/') ? path : `/${path}`,
  };
}

function failure(error: NodeJS.ErrnoException, sent: boolean): TransportError {
  const code = error.code ?? '';
  if (error.syscall === 'getaddrinfo' || /^(?:ENOTFOUND|EAI_)/.test(code))
    return new TransportError('dns', false, error);
  if (/^E(?:CONNREFUSED|HOSTUNREACH|NETUNREACH|ADDRNOTAVAIL)$/.test(code) && !sent) {
    return new TransportError('refused', false, error);
  }
  if (code === 'ETIMEDOUT') return new TransportError('timeout', sent, error);
  if (/^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|EPROTO)/.test(code)) {
    return new TransportError('tls', sent, error);
  }
  return new TransportError('cut', sent, error);
}

function flatHeaders(message: http.IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

/**
 * Returns a Send over node:http and node:https. Requests share kept-alive connections, except POSTs: a kept connection may
 * be dead, and nobody knows whether a POST that was cut has been carried out. `close` drops the idle connections. `ca` (PEM)
 * is trusted in place of the certificate authorities of Node.js. `proxy` returns the agent for a URL that is called through a proxy.
 */
export function nodeSend(
  options: {
    lookup?: LookupFunction;
    ca?: string | undefined;
    proxy?: (url: string) => http.Agent | undefined;
  } = {},
): Send & { close(): void } {
  const { ca, proxy } = options;
  const lookup = loopbackFirst(options.lookup ?? dns.lookup);
  const plain = new http.Agent({ keepAlive: true, maxSockets: 32, lookup });
  const secure = new https.Agent({ keepAlive: true, maxSockets: 32, lookup });

  const send: Send = async (request) => {
    const target = targetOf(request.url);
    if (request.signal?.aborted) throw new TransportError('aborted', false);
    const maxBytes = request.maxBytes ?? MAX_BYTES;

    return new Promise<HttpResponse>((resolve, reject) => {
      let sent = false;
      const outgoing = (target.secure ? https : http).request({
        method: request.method,
        hostname: target.hostname,
        port: target.port,
        path: target.path,
        headers: request.headers,
        lookup,
        ...(ca === undefined ? {} : { ca }),
        ...(request.serverName === undefined ? {} : { servername: request.serverName }),
        agent:
          proxy?.(request.url) ??
          (request.method === 'POST' ? false : target.secure ? secure : plain),
      });

      const fail = (error: TransportError) => {
        settle();
        reject(error);
        outgoing.destroy();
      };
      const onAbort = () => fail(new TransportError('aborted', sent));
      const started = performance.now();
      const expire = () => fail(new TransportError('timeout', sent));
      const timerFor = (bytes: number) => {
        const end = started + Math.max(0, request.timeoutMs) + transferMs(request, bytes);
        return setTimeout(expire, Math.max(0, end - performance.now()));
      };
      const sentBytes = request.body === undefined ? 0 : Buffer.byteLength(request.body);
      let timer = timerFor(sentBytes);
      const settle = () => {
        clearTimeout(timer);
        request.signal?.removeEventListener('abort', onAbort);
      };
      request.signal?.addEventListener('abort', onAbort, { once: true });

      outgoing.on('socket', (socket) => {
        // Before the end of the TLS handshake no byte of the request leaves this machine.
        const ready = target.secure ? 'secureConnect' : 'connect';
        if (outgoing.reusedSocket || (!target.secure && !socket.connecting)) sent = true;
        else socket.once(ready, () => (sent = true));
      });
      outgoing.on('error', (error) => fail(failure(error, sent)));
      outgoing.on('response', (message) => {
        const chunks: Buffer[] = [];
        let size = 0;
        message.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > maxBytes) return fail(new TransportError('too_large', true));
          chunks.push(chunk);
          if (request.bytesPerSecond === undefined) return;
          clearTimeout(timer);
          timer = timerFor(sentBytes + size);
        });
        message.on('error', (error) => fail(failure(error, true)));
        message.on('close', () => {
          if (!message.complete) fail(new TransportError('cut', true));
        });
        message.on('end', () => {
          settle();
          resolve({
            status: message.statusCode ?? 0,
            headers: flatHeaders(message),
            body: Buffer.concat(chunks),
          });
        });
      });
      outgoing.end(request.body);
    });
  };

  const close = () => {
    plain.destroy();
    secure.destroy();
  };
  return Object.assign(send, { close });
}
