import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';

export type ReceivedRequest = {
  method: string;
  /** Path and query as they were sent. */
  path: string;
  headers: http.IncomingHttpHeaders;
  /** The name that the client asked for in the TLS handshake. */
  serverName?: string;
  body: string;
};

export type ServerResponse =
  | {
      status?: number;
      headers?: Record<string, string>;
      body?: string;
    }
  | 'cut'
  | 'hang';

/** Starts a server on loopback that sends what `respond` returns, and keeps the requests in `received`; over TLS with an identity. */
export async function startServer(
  respond: (request: ReceivedRequest, index: number) => ServerResponse,
  identity?: { key: string; cert: string },
) {
  const received: ReceivedRequest[] = [];
  const listener: http.RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      // Node would add a date of the real clock.
      response.sendDate = false;
      const one: ReceivedRequest = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        ...(identity && { serverName: String((request.socket as TLSSocket).servername) }),
        body: Buffer.concat(chunks).toString(),
      };
      received.push(one);
      const next = respond(one, received.length - 1);
      if (next === 'cut') request.socket.destroy();
      else if (next !== 'hang') response.writeHead(next.status ?? 200, next.headers).end(next.body);
    });
  };
  const server = identity ? https.createServer(identity, listener) : http.createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    received,
    port,
    url: `http://localhost:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
