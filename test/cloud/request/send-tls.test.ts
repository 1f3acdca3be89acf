import * as net from 'node:net';
import * as tls from 'node:tls';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { nodeSend } from '../../../lib/cloud/request/send.ts';
import { selfSigned } from '../support/certificate.ts';

const HANDSHAKE_FAILURE = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28]);
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

let identity: ReturnType<typeof selfSigned>;
beforeAll(() => {
  identity = selfSigned();
});
afterEach(() => vi.unstubAllEnvs());

/** Node reads this for each connection. */
const trustAll = () => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
};

/** Sends requests to a server, one after the other, and returns the results. */
async function sendTo(server: net.Server, method: string, requests = 1): Promise<unknown[]> {
  const send = nodeSend();
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const url = `https://localhost:${port}/`;
  const results: unknown[] = [];
  for (let n = 0; n < requests; n += 1) {
    const sent = send({ method, url, headers: {}, body: '{}', timeoutMs: 1_000 });
    results.push(await sent.catch((error: unknown) => error));
  }
  send.close();
  for (const socket of sockets) socket.destroy();
  server.close();
  return results;
}

/** A server that speaks TLS. `reply` gets each chunk of a request, and the connection beneath TLS. */
function secureServer(reply: (socket: tls.TLSSocket, beneath: net.Socket) => void): net.Server {
  let beneath = new net.Socket();
  const server = tls.createServer(identity, (socket) => {
    socket.on('error', () => undefined);
    const own = beneath;
    socket.on('data', () => reply(socket, own));
  });
  server.on('connection', (socket: net.Socket) => (beneath = socket));
  return server;
}

describe.each(['POST', 'GET'])('a %s over TLS', (method) => {
  it.each<[string, string, (socket: net.Socket) => void]>([
    ['is refused', 'tls', (socket) => socket.end(HANDSHAKE_FAILURE)],
    ['is reset', 'cut', (socket) => socket.resetAndDestroy()],
    ['is closed', 'cut', (socket) => socket.end()],
    ['does not end', 'timeout', () => undefined],
  ])('has sent nothing when the handshake %s', async (_, kind, reply) => {
    const server = net.createServer((socket) => socket.once('data', () => reply(socket)));
    expect(await sendTo(server, method)).toMatchObject([{ kind, sent: false }]);
  });

  it('has sent nothing when the certificate is not trusted', async () => {
    const received: unknown[] = [];
    const server = secureServer(() => received.push('a byte'));
    expect(await sendTo(server, method)).toMatchObject([{ kind: 'tls', sent: false }]);
    expect(received).toEqual([]);
  });

  it.each<[string, string, (beneath: net.Socket) => void]>([
    ['is reset', 'cut', (beneath) => beneath.resetAndDestroy()],
    ['hangs', 'timeout', () => undefined],
  ])('may be carried out when the connection %s after its bytes', async (_, kind, reply) => {
    trustAll();
    const server = secureServer((_socket, beneath) => reply(beneath));
    expect(await sendTo(server, method)).toMatchObject([{ kind, sent: true }]);
  });

  it('may be carried out when the connection of an earlier request is reset', async () => {
    trustAll();
    let requests = 0;
    const server = secureServer((socket, beneath) => {
      if ((requests += 1) === 1) socket.write(OK);
      else beneath.resetAndDestroy();
    });
    const [first, second] = await sendTo(server, method, 2);
    expect(first).toMatchObject({ status: 200 });
    expect(second).toMatchObject({ kind: 'cut', sent: true });
  });
});
