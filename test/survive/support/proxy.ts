import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call on its way, its number counted over all services from 1. */
type ProxiedCall = {
  number: number;
  service: string;
  method: string;
  /** Path and query, as sent. */
  path: string;
  headers: Record<string, string>;
  body: Buffer;
};

type ProxiedAnswer = { status: number; headers: Record<string, string>; body: Buffer };

/**
 * What becomes of a call. `pass` carries it out, as often as it is called; what is answered here goes back to the caller:
 * an answer, changed or not, `cut` for a connection that breaks off, `silence` for one that stays open.
 */
export type Between = (
  call: ProxiedCall,
  pass: (call: ProxiedCall) => Promise<ProxiedAnswer>,
) => Promise<ProxiedAnswer | 'cut' | 'silence'>;

export type Proxy<Service extends string> = {
  /** Where each service is reached through the proxy. */
  urls: Record<Service, string>;
  calls(): number;
  close(): Promise<void>;
};

const HOST = '127.0.0.1';
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding'];

/** Stands between functions and cloud on loopback: one port a service, calls counted over all of them. Signatures stay good. */
export async function startProxy<Service extends string>(
  upstreams: Record<Service, string>,
  between: Between,
): Promise<Proxy<Service>> {
  let calls = 0;
  const servers: Server[] = [];
  const urls: Partial<Record<Service, string>> = {};
  for (const service of Object.keys(upstreams) as Service[]) {
    const { port } = new URL(upstreams[service]);
    const server = createServer((incoming, outgoing) => {
      void (async () => {
        const call: ProxiedCall = {
          number: (calls += 1),
          service,
          method: incoming.method ?? 'GET',
          path: incoming.url ?? '/',
          headers: flat(incoming),
          body: await bodyOf(incoming),
        };
        const answer = await between(call, (each) => pass(each, Number(port)));
        if (answer === 'silence') return;
        if (answer === 'cut') return void incoming.socket.destroy();
        const { status, headers, body } = answer;
        const kept = without(headers, HOP_BY_HOP);
        if (call.method !== 'HEAD' && status !== 204) kept['content-length'] = String(body.length);
        outgoing.writeHead(status, kept).end(body);
      })().catch(() => incoming.socket.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    servers.push(server);
    urls[service] = `http://${HOST}:${(server.address() as AddressInfo).port}`;
  }
  return {
    urls: urls as Record<Service, string>,
    calls: () => calls,
    close: async () => {
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

/** Carries a call out. Its `host` stays what the caller signed. */
function pass(call: ProxiedCall, port: number): Promise<ProxiedAnswer> {
  return new Promise((resolve, reject) => {
    const headers = without(call.headers, HOP_BY_HOP);
    if (call.body.length > 0) headers['content-length'] = String(call.body.length);
    const { method, path } = call;
    const outgoing = request({ host: HOST, port, method, path, headers, agent: false });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      bodyOf(incoming).then(
        (body) => resolve({ status: incoming.statusCode ?? 502, headers: flat(incoming), body }),
        reject,
      );
    });
    outgoing.end(call.body);
  });
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function flat({ headers }: IncomingMessage): Record<string, string> {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
  );
  return Object.fromEntries(pairs) as Record<string, string>;
}

function without(headers: Record<string, string>, names: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}
