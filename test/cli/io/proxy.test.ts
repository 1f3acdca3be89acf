import { once } from 'node:events';
import * as http from 'node:http';
import type * as net from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { nodeSend } from '../../../lib/cloud/request/send.ts';
import { proxyFor } from '../../../cli/io/proxy.ts';

afterEach(() => vi.unstubAllEnvs());

/** A proxy that notes what it is asked for and connects nobody. */
async function refusingProxy() {
  const asked: { target: string; authorization: string | undefined }[] = [];
  const server = http.createServer();
  server.on('connect', (request: http.IncomingMessage, socket: net.Socket) => {
    asked.push({
      target: request.url ?? '',
      authorization: request.headers['proxy-authorization'],
    });
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  return { asked, port, close: () => server.close() };
}

const call = (method: string, url: string) => ({ method, url, headers: {}, timeoutMs: 5_000 });

it('calls services through the proxy of HTTPS_PROXY, and says who it is', async () => {
  const proxy = await refusingProxy();
  vi.stubEnv('HTTPS_PROXY', `http://me:pass@127.0.0.1:${proxy.port}`);
  vi.stubEnv('NO_PROXY', 'smn.example.com');
  const send = nodeSend({ proxy: proxyFor() });
  for (const method of ['GET', 'POST']) {
    await send(call(method, 'https://cph.example.com/v1/x')).catch(() => undefined);
  }
  expect(proxy.asked).toEqual(
    Array(2).fill({
      target: 'cph.example.com:443',
      authorization: `Basic ${Buffer.from('me:pass').toString('base64')}`,
    }),
  );
  expect(proxyFor()('https://smn.example.com/')).toBeUndefined();
  proxy.close();
});

it.each(['http://127.0.0.1:9/', 'https://localhost:9/'])('calls %s directly', (url) => {
  vi.stubEnv('HTTPS_PROXY', 'http://proxy.example.com:3128');
  expect(proxyFor()(url)).toBeUndefined();
});

it('names the variable of a bad proxy, and does not echo its password', () => {
  vi.stubEnv('HTTPS_PROXY', 'http://me:secret-word@host:port');
  const find = proxyFor();
  expect(() => find('https://cph.example.com/')).toThrow(/HTTPS_PROXY is not the address/);
  expect(() => find('https://cph.example.com/')).not.toThrow(/secret-word/);
});
