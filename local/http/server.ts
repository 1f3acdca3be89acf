import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { ConnectionCut, ConnectionHang } from './connection-errors.ts';
import { whyForeign } from './own-host.ts';
import { rawRequest } from './raw-request.ts';

/** A service as a function: it can run behind a socket or in the caller's process. */
export type Service = (request: Request) => Promise<Response>;

export type Listening = { url: string; port: number; close(): Promise<void> };

const HOST = '127.0.0.1';
/** Tokens are some KB long; the gateway returns 494 only well above that. */
const MAX_HEADER = 64 * 1024;
/** Larger bodies are passed on while they arrive. */
const MAX_BUFFERED = 1024 * 1024;

/**
 * Serves on a loopback port (0: any free one). Path and query reach the service exactly as sent. A body over `maxBody`
 * bytes gets 413, and a call that may come from a web page 403, before it reaches the service.
 */
export function listen(service: Service, port: number, maxBody: number): Promise<Listening> {
  const server = createServer({ maxHeaderSize: MAX_HEADER }, (incoming, outgoing) => {
    void exchange(service, incoming, outgoing, maxBody);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => resolve(listening(server)));
  });
}

function listening(server: Server): Listening {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://${HOST}:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function exchange(
  service: Service,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  maxBody: number,
): Promise<void> {
  const foreign = whyForeign(incoming);
  if (foreign !== undefined) {
    outgoing
      .writeHead(403, { connection: 'close', 'content-type': 'text/plain' })
      .end(`${foreign}\n`);
    return;
  }
  try {
    const size = Number(incoming.headers['content-length'] ?? 0);
    const isLong = size > MAX_BUFFERED || incoming.headers['transfer-encoding'] !== undefined;
    const body = isLong ? streamOf(incoming) : await readIncoming(incoming, maxBody);
    if (body === undefined || size > maxBody) {
      outgoing.writeHead(413, { connection: 'close' }).end();
      return;
    }
    await send(await service(toRequest(incoming, body)), incoming, outgoing);
  } catch (error) {
    if (error instanceof ConnectionHang) return;
    if (error instanceof ConnectionCut || incoming.socket.destroyed || outgoing.headersSent) {
      incoming.socket.destroy();
      return;
    }
    console.error(error);
    outgoing.writeHead(500).end();
  }
}

async function readIncoming(incoming: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Nothing is read before the service asks for it, so that Node.js itself drains a body that nobody wants. */
function streamOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  let chunks: AsyncIterator<Uint8Array, undefined> | undefined;
  return new ReadableStream(
    {
      async pull(controller) {
        chunks ??= incoming[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
        const next = await chunks.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
    },
    { highWaterMark: 0 },
  );
}

function toRequest(incoming: IncomingMessage, body: Buffer | ReadableStream): Request {
  const headers = new Headers();
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    headers.append(incoming.rawHeaders[index] ?? '', incoming.rawHeaders[index + 1] ?? '');
  }
  const { method = 'GET', url = '/' } = incoming;
  // A client may send the absolute form of the URL.
  const target = url.startsWith('/') ? `http://${incoming.headers.host ?? HOST}${url}` : url;
  const isEmpty = body instanceof Buffer && body.length === 0;
  return rawRequest(target, {
    method,
    headers,
    ...(isEmpty ? {} : { body, duplex: 'half' as const }),
  });
}

async function send(
  response: Response,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const headers = Object.fromEntries(response.headers);
  const announced = Number(headers['content-length'] ?? 0);
  if (incoming.method !== 'HEAD' && announced > MAX_BUFFERED && response.body !== null) {
    outgoing.writeHead(response.status, headers);
    let sent = 0;
    const counted = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        sent += chunk.byteLength;
        controller.enqueue(chunk);
      },
    });
    await pipeline(response.body.pipeThrough(counted), outgoing, { end: false });
    if (sent < announced) incoming.socket.destroy();
    else outgoing.end();
    return;
  }
  const body = Buffer.from(await response.arrayBuffer());
  if (incoming.method !== 'HEAD' && Number(headers['content-length'] ?? 0) > body.length) {
    // Truncated on purpose: cut the connection before the announced length.
    outgoing.writeHead(response.status, headers).write(body, () => incoming.socket.destroy());
    return;
  }
  if (incoming.method !== 'HEAD' && response.status !== 204 && response.status !== 304) {
    headers['content-length'] = String(body.length);
  }
  outgoing.writeHead(response.status, headers).end(body);
}
