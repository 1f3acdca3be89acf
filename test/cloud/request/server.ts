import * as http from 'node:http';
import type { AddressInfo } from 'node:net';

export type Seen = {
  method: string;
  /** Path and query as they came over the wire. */
  path: string;
  headers: http.IncomingHttpHeaders;
  body: string;
};

export type Answer =
  | {
      status?: number;
      headers?: Record<string, string>;
      body?: string;
    }
  | 'cut'
  | 'hang';

/** A server on loopback that answers with what `answer` says and remembers what it saw. */
export async function startServer(answer: (seen: Seen, index: number) => Answer) {
  const seen: Seen[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      // Node would date the answer by the real clock, which tests do not run by.
      response.sendDate = false;
      const one: Seen = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      seen.push(one);
      const said = answer(one, seen.length - 1);
      if (said === 'cut') request.socket.destroy();
      else if (said !== 'hang') response.writeHead(said.status ?? 200, said.headers).end(said.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    seen,
    port,
    url: `http://localhost:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
