import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CONTENT_POLICY } from './parts/assets.ts';

const HOST = '127.0.0.1';
const NAMES = [HOST, 'localhost', '[::1]'];

const HEADERS = {
  'content-security-policy': `${CONTENT_POLICY}; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

export type UiServer = { url: string; close(): Promise<void> };

/** Serves the page on loopback, on a free port for 0. Rejects when the port is in use. */
export async function serveUi(
  respond: (request: Request) => Promise<Response>,
  port: number,
): Promise<UiServer> {
  const server = createServer((request, response) => {
    void handle(request, response, respond).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, resolve);
  });
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${own}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  respond: (request: Request) => Promise<Response>,
): Promise<void> {
  const { method = '', url = '', headers, socket } = request;
  const refused = refusalOf({
    method,
    host: headers.host,
    port: socket.localPort,
    ...siteOf(headers),
  });
  if (refused !== undefined) {
    const allow = refused.status === 405 ? { allow: 'GET, HEAD' } : {};
    const type = { 'content-type': 'text/plain; charset=utf-8' };
    response.writeHead(refused.status, { ...HEADERS, ...type, ...allow }).end(`${refused.text}\n`);
    return;
  }
  const accepted = headers['accept-language'];
  const made = await respond(
    // The path may look like the address of another host.
    new Request(new URL(`http://${HOST}${url.startsWith('/') ? url : '/'}`), {
      headers: accepted === undefined ? {} : { 'accept-language': accepted },
    }),
  );
  const body = await made.text();
  response.writeHead(made.status, {
    ...HEADERS,
    'content-type': made.headers.get('content-type') ?? 'text/html; charset=utf-8',
  });
  response.end(method === 'HEAD' ? undefined : body);
}

const siteOf = (headers: IncomingMessage['headers']) => ({
  site: headers['sec-fetch-site'],
  mode: headers['sec-fetch-mode'],
});

type Call = {
  method: string;
  host: string | undefined;
  port: number | undefined;
  site?: string | string[] | undefined;
  mode?: string | string[] | undefined;
};

/**
 * Returns why a request is refused, if it is: a method that could change something; a name of this machine that is not its own, as when
 * a web site lets its name point to it; or another web site that wants more than a link. Pure.
 */
export function refusalOf({
  method,
  host = '',
  port,
  site,
  mode,
}: Call): { status: number; text: string } | undefined {
  if (!NAMES.some((name) => host.toLowerCase() === `${name}:${port}`)) {
    return { status: 421, text: `Open http://${HOST}:${port}/ instead.` };
  }
  if (method !== 'GET' && method !== 'HEAD') {
    return {
      status: 405,
      text: 'This page only shows. Use the phonevault command to change something.',
    };
  }
  if ((site === 'cross-site' || site === 'same-site') && mode !== 'navigate') {
    return { status: 403, text: 'Another web site must not read this page.' };
  }
  return undefined;
}
