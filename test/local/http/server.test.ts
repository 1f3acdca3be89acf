import { connect } from 'node:net';
import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConnectionCut, ConnectionHang } from '../../../local/http/connection-errors.ts';
import { listen, type Listening, type Service } from '../../../local/http/server.ts';
import { targetOf } from '../../../local/http/raw-request.ts';

let server: Listening | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const start = async (service: Service, maxBody = 1_000) => {
  server = await listen(service, 0, maxBody);
  return server;
};

const echo: Service = async (request) =>
  Response.json({
    method: request.method,
    ...targetOf(request),
    type: request.headers.get('content-type'),
    body: await request.text(),
  });

/** Returns the response to bytes written to a socket; rejects if the socket is closed without one. */
function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let response = '';
    socket.on('data', (chunk) => (response += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => (response === '' ? reject(new Error('cut')) : resolve(response)));
  });
}

describe('listen', () => {
  it('passes path, query, host and body exactly as sent', async () => {
    const { port } = await start(echo);
    const text = [
      'POST /a/../b%2Fc//d?x=%20+&y HTTP/1.1',
      'Host: bucket.localhost:1234',
      'Content-Type: a/b',
      'Content-Length: 4',
      'Connection: close',
      '',
      'body',
    ].join('\r\n');
    const response = await exchange(port, text);
    expect(JSON.parse(response.slice(response.indexOf('\r\n\r\n')))).toEqual({
      method: 'POST',
      host: 'bucket.localhost:1234',
      path: '/a/../b%2Fc//d',
      query: 'x=%20+&y',
      type: 'a/b',
      body: 'body',
    });
  });

  it.each(['GET', 'DELETE'])('passes the body of a %s', async (method) => {
    const { port } = await start(echo);
    const text = `${method} / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`;
    expect(await exchange(port, text)).toContain(`"method":"${method}"`);
    expect(await exchange(port, text)).toContain('"body":"{}"');
  });

  it('responds to HEAD with the length of a GET and no body', async () => {
    const { port } = await start(
      async () =>
        new Response(null, { status: 200, headers: { 'content-length': '7', etag: 'x' } }),
    );
    const response = await exchange(
      port,
      'HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    );
    expect(response).toMatch(/content-length: 7\r\n/i);
    expect(response.endsWith('\r\n\r\n')).toBe(true);
  });

  it('refuses a body that is too large', async () => {
    const { url } = await start(echo, 10);
    expect((await fetch(url, { method: 'POST', body: 'x'.repeat(11) })).status).toBe(413);
    expect((await fetch(url, { method: 'POST', body: 'x'.repeat(10) })).status).toBe(200);
  });

  it('passes large bodies on while they arrive, both ways', async () => {
    const size = 5 * 1024 * 1024;
    const { url } = await start(
      async (request) =>
        new Response(request.body, { headers: { 'content-length': String(size) } }),
      size,
    );
    const body = Buffer.alloc(size, 'x');
    const response = await fetch(url, { method: 'PUT', body });
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
  });

  it('responds before a large body that nobody reads, and serves the next request', async () => {
    const { url } = await start(async () => new Response('no', { status: 403 }), 1e9);
    for (let i = 0; i < 2; i += 1) {
      const response = await fetch(url, { method: 'PUT', body: Buffer.alloc(5_000_000) });
      expect([response.status, await response.text()]).toEqual([403, 'no']);
    }
  });

  it('cuts the connection of a large response that ends too early', async () => {
    const { url } = await start(
      async () =>
        new Response(Buffer.alloc(2_000_000), { headers: { 'content-length': '3000000' } }),
    );
    await expect(fetch(url).then((response) => response.arrayBuffer())).rejects.toThrow();
  });

  it('cuts or holds the connection if the service throws so', async () => {
    const { url } = await start(async (request) => {
      const { path } = targetOf(request);
      if (path === '/cut') throw new ConnectionCut();
      if (path === '/hang') throw new ConnectionHang();
      return new Response('ok');
    });
    await expect(fetch(`${url}/cut`)).rejects.toThrow();
    const abort = new AbortController();
    let outcome = 'held';
    const hanging = fetch(`${url}/hang`, { signal: abort.signal }).then(
      () => (outcome = 'responded'),
      (error: Error) => (outcome = error.name),
    );
    // The server handles other requests meanwhile.
    for (let i = 0; i < 5; i += 1) await fetch(`${url}/ok`);
    expect(outcome).toBe('held');
    abort.abort();
    expect(await hanging).toBe('AbortError');
  });

  it('responds with 500 and prints the error of a broken service', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { url } = await start(async () => {
      throw new Error('broken');
    });
    expect((await fetch(url)).status).toBe(500);
    expect(printed).toHaveBeenCalledOnce();
    printed.mockRestore();
  });

  it('accepts headers of many KB, such as tokens', async () => {
    const { port } = await start(async (request) =>
      Response.json(request.headers.get('x-auth-token')?.length),
    );
    const length = await new Promise((resolve, reject) => {
      const headers = { 'x-auth-token': 'x'.repeat(20_000) };
      httpRequest({ port, host: '127.0.0.1', headers }, (response) => {
        response.on('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
      })
        .on('error', reject)
        .end();
    });
    expect(length).toBe(20_000);
  });

  it('refuses to start on a port in use', async () => {
    const { port } = await start(echo);
    await expect(listen(echo, port, 10)).rejects.toThrow('EADDRINUSE');
  });

  it.each([
    ['a rebound name', ['Host: evil.example:18080']],
    ['a name that only starts like loopback', ['Host: 127.0.0.1.evil.example']],
    ['a name that only ends like loopback', ['Host: evillocalhost']],
    ['all addresses', ['Host: 0.0.0.0:18080']],
    ['a name of the real cloud', ['Host: cph.cn-north-4.myhuaweicloud.com']],
    ['an Origin', ['Host: 127.0.0.1', 'Origin: https://evil.example']],
    ['an Origin of its own', ['Host: 127.0.0.1', 'Origin: http://127.0.0.1:18080']],
    ['an opaque Origin', ['Host: 127.0.0.1', 'Origin: null']],
    ['an image of a page', ['Host: 127.0.0.1', 'Sec-Fetch-Site: cross-site']],
  ])('refuses calls from web pages before the service sees them: %s', async (_, headers) => {
    const service = vi.fn(echo);
    const { port } = await start(service);
    const text = ['POST / HTTP/1.1', ...headers, 'Content-Length: 0', '', ''].join('\r\n');
    expect(await exchange(port, text)).toMatch(/^HTTP\/1\.1 403 /);
    expect(service).not.toHaveBeenCalled();
  });

  it('refuses a foreign name in the absolute form of a URL', async () => {
    const { port } = await start(echo);
    const text = 'GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
    expect(await exchange(port, text)).toMatch(/^HTTP\/1\.1 403 /);
  });

  it.each(['127.0.0.1:1', 'localhost', '[::1]:80', 'bucket.obs.localhost:18082', 'LOCALHOST'])(
    'serves programs that call it %s',
    async (host) => {
      const { port } = await start(echo);
      const text = `GET / HTTP/1.1\r\nHost: ${host}\r\nSec-Fetch-Site: none\r\nConnection: close\r\n\r\n`;
      expect(await exchange(port, text)).toMatch(/^HTTP\/1\.1 200 /);
    },
  );

  it('listens on loopback only', async () => {
    expect((await start(echo)).url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
});
