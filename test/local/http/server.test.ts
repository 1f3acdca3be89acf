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

/** The whole answer to bytes written to a socket; rejects when it is cut without one. */
function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => (answer === '' ? reject(new Error('cut')) : resolve(answer)));
  });
}

describe('listen', () => {
  it('hands over path, query, host and body exactly as sent', async () => {
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
    const answer = await exchange(port, text);
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toEqual({
      method: 'POST',
      host: 'bucket.localhost:1234',
      path: '/a/../b%2Fc//d',
      query: 'x=%20+&y',
      type: 'a/b',
      body: 'body',
    });
  });

  it('answers HEAD with the length a GET would have and no body', async () => {
    const { port } = await start(
      async () =>
        new Response(null, { status: 200, headers: { 'content-length': '7', etag: 'x' } }),
    );
    const answer = await exchange(port, 'HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/content-length: 7\r\n/i);
    expect(answer.endsWith('\r\n\r\n')).toBe(true);
  });

  it('refuses a body that is too large', async () => {
    const { url } = await start(echo, 10);
    expect((await fetch(url, { method: 'POST', body: 'x'.repeat(11) })).status).toBe(413);
    expect((await fetch(url, { method: 'POST', body: 'x'.repeat(10) })).status).toBe(200);
  });

  it('cuts the connection, or holds it, as a service says', async () => {
    const cut = await start(async () => {
      throw new ConnectionCut();
    });
    await expect(fetch(cut.url)).rejects.toThrow();
    await cut.close();
    const hang = await start(async () => {
      throw new ConnectionHang();
    });
    const abort = new AbortController();
    const outcome = fetch(hang.url, { signal: abort.signal }).then(
      () => 'answered',
      (error: Error) => error.name,
    );
    const first = await Promise.race([
      outcome,
      new Promise((done) => setTimeout(done, 50, 'held')),
    ]);
    abort.abort();
    expect([first, await outcome]).toEqual(['held', 'AbortError']);
  });

  it('answers 500 and says what happened when a service breaks', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { url } = await start(async () => {
      throw new Error('broken');
    });
    expect((await fetch(url)).status).toBe(500);
    expect(said).toHaveBeenCalledOnce();
    said.mockRestore();
  });

  it('takes headers of many KB, as tokens are', async () => {
    const { port } = await start(async (request) =>
      Response.json(request.headers.get('x-auth-token')?.length),
    );
    const length = await new Promise((resolve, reject) => {
      const headers = { 'x-auth-token': 'x'.repeat(20_000) };
      httpRequest({ port, host: '127.0.0.1', headers }, (answer) => {
        answer.on('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
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

  it('is on loopback only', async () => {
    expect((await start(echo)).url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
});
