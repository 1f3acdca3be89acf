import * as http from 'node:http';
import * as net from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { hasCode } from '../../../lib/errors.ts';
import { isLoopback, nodeSend, TransportError } from '../../../lib/cloud/request/send.ts';
import { type ServerResponse, startServer } from '../support/server.ts';

const send = nodeSend();
afterAll(() => send.close());

const get = (url: string, more: object = {}) => ({
  method: 'GET',
  url,
  headers: {},
  timeoutMs: 5_000,
  ...more,
});

async function withServer<T>(
  respond: () => ServerResponse,
  act: (server: Awaited<ReturnType<typeof startServer>>) => Promise<T>,
): Promise<T> {
  const server = await startServer(respond);
  try {
    return await act(server);
  } finally {
    await server.close();
  }
}

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('nodeSend', () => {
  it('returns the status, lower-case headers and the whole body', async () => {
    const answer = { status: 207, headers: { 'X-Request-Id': 'r1' }, body: 'hällo' };
    await withServer(
      () => answer,
      async (server) => {
        const response = await send(get(`${server.url}/a`));
        expect(response.status).toBe(207);
        expect(response.headers['x-request-id']).toBe('r1');
        expect(Buffer.from(response.body).toString()).toBe('hällo');
      },
    );
  });

  it.each(['/a/../b', '/a//b', '/a%2fb', '/v2/urn:smn:r:p:t/publish', '/a?x=%3A&x=:&y', '/?q=1'])(
    'sends the path %s as it is',
    async (path) => {
      await withServer(
        () => ({}),
        async (server) => {
          await send(get(`${server.url}${path}`));
          expect(server.received[0]?.path).toBe(path);
        },
      );
    },
  );

  it('reaches any name under localhost without a resolver', async () => {
    const deaf = nodeSend({
      lookup: () => {
        throw new Error('asked the resolver');
      },
    });
    await withServer(
      () => ({ body: 'ok' }),
      async (server) => {
        const response = await deaf(get(`http://bucket.obs.localhost:${server.port}/`));
        expect(response.status).toBe(200);
        expect(server.received[0]?.headers.host).toBe(`bucket.obs.localhost:${server.port}`);
      },
    );
    deaf.close();
  });

  it('uses a new connection for a POST and keeps that of a GET', async () => {
    await withServer(
      () => ({}),
      async (server) => {
        await send(get(`${server.url}/`));
        await send({ ...get(`${server.url}/`), method: 'POST', body: '{}' });
        expect(server.received.map(({ headers }) => headers.connection)).toEqual([
          'keep-alive',
          'close',
        ]);
        expect(server.received[1]?.headers['content-length']).toBe('2');
      },
    );
  });

  it.each([301, 302, 303, 307, 308])(
    'does not follow a redirect with status %i',
    async (status) => {
      const elsewhere = await startServer(() => ({}));
      await withServer(
        () => ({ status, headers: { location: `${elsewhere.url}/stolen` } }),
        async (server) => {
          const headers = { 'X-Auth-Token': 'T' };
          expect((await send(get(server.url, { headers }))).status).toBe(status);
          const post = { ...get(server.url, { headers }), method: 'POST', body: '{}' };
          expect((await send(post)).status).toBe(status);
        },
      );
      await elsewhere.close();
      expect(elsewhere.received).toEqual([]);
    },
  );

  it('refuses plain http beyond this machine', async () => {
    const error = await failure(send(get('http://example.com/')));
    expect(hasCode(error, 'setting_invalid')).toBe(true);
  });

  it.each(['ftp://localhost/', 'http://user@localhost/', 'localhost', 'http://loc alhost/'])(
    'refuses %s as a URL',
    async (url) => {
      expect(hasCode(await failure(send(get(url))), 'setting_invalid')).toBe(true);
    },
  );

  it('rejects with `refused` when the connection is refused: nothing was sent', async () => {
    const server = await startServer(() => ({}));
    await server.close();
    expect(await failure(send(get(server.url)))).toMatchObject({ kind: 'refused', sent: false });
  });

  it('rejects with `dns` when a name does not resolve: nothing was sent', async () => {
    const lost = nodeSend({
      lookup: (_name, _options, callback) =>
        callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), ''),
    });
    expect(await failure(lost(get('https://cph.invalid/')))).toMatchObject({
      kind: 'dns',
      sent: false,
    });
  });

  it.each([
    ['cut', 'cut', 30_000],
    ['hang', 'timeout', 200],
  ] as const)('rejects when the server does %s, with `%s`', async (answer, kind, timeoutMs) => {
    await withServer(
      () => answer,
      async (server) => {
        const error = await failure(send(get(server.url, { timeoutMs })));
        expect(error).toMatchObject({ kind, sent: true });
      },
    );
  });

  it('gives an upload the time for its bytes', async () => {
    const server = http.createServer((request, response) => {
      request.resume().on('end', () => setTimeout(() => response.end(), 120));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    const slow = get(`http://127.0.0.1:${port}/`, { timeoutMs: 60 });
    const put = { ...slow, method: 'PUT', body: 'x'.repeat(1_000) };
    expect(await failure(send(put))).toMatchObject({ kind: 'timeout' });
    expect((await send({ ...put, bytesPerSecond: 100 })).status).toBe(200);
    server.closeAllConnections();
    server.close();
  });

  it('gives a download the time for its bytes', async () => {
    const part = 'x'.repeat(1_000);
    const server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 2000\r\n\r\n${part}`);
        setTimeout(() => socket.end(part), 120);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    const slow = get(`http://127.0.0.1:${port}/`, { timeoutMs: 60 });
    expect(await failure(send(slow))).toMatchObject({ kind: 'timeout' });
    const { body } = await send({ ...slow, bytesPerSecond: 100 });
    expect(body).toHaveLength(2_000);
    server.close();
  });

  it('rejects with `cut` when a response is shorter than its length', async () => {
    const server = net.createServer((socket) => {
      socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    expect(await failure(send(get(`http://127.0.0.1:${port}/`)))).toMatchObject({ kind: 'cut' });
    server.close();
  });

  it('rejects with `tls` or `cut` when the server does not speak TLS', async () => {
    await withServer(
      () => ({}),
      async (server) => {
        const error = await failure(send(get(`https://localhost:${server.port}/`)));
        expect(error).toBeInstanceOf(TransportError);
        expect((error as TransportError).kind).toMatch(/tls|cut/);
      },
    );
  });

  it('rejects with `too_large` above maxBytes', async () => {
    await withServer(
      () => ({ body: 'x'.repeat(100_000) }),
      async (server) => {
        const error = await failure(send(get(server.url, { maxBytes: 10_000 })));
        expect(error).toMatchObject({ kind: 'too_large', sent: true });
      },
    );
  });

  it('rejects with `aborted` when the signal aborts, before and during', async () => {
    await withServer(
      () => 'hang',
      async (server) => {
        const before = await failure(send(get(server.url, { signal: AbortSignal.abort() })));
        const controller = new AbortController();
        const running = failure(send(get(server.url, { signal: controller.signal })));
        while (server.received.length === 0) await new Promise(setImmediate);
        controller.abort();
        expect(before).toMatchObject({ kind: 'aborted', sent: false });
        expect(await running).toMatchObject({ kind: 'aborted', sent: true });
        expect(server.received).toHaveLength(1);
      },
    );
  });
});

describe('isLoopback', () => {
  it.each([
    ['localhost', true],
    ['b.obs.LOCALHOST', true],
    ['127.0.0.9', true],
    ['[::1]', true],
    ['localhost.example.com', false],
    ['127.0.0.1.example.com', false],
    ['notlocalhost', false],
    ['10.0.0.1', false],
  ])('reads %s as %s', (hostname, expected) => {
    expect(isLoopback(hostname)).toBe(expected);
  });
});
