import * as net from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { hasCode } from '../../../lib/errors.ts';
import { isLoopback, nodeSend, TransportError } from '../../../lib/cloud/request/send.ts';
import { type Answer, startServer } from './server.ts';

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
  answer: () => Answer,
  act: (server: Awaited<ReturnType<typeof startServer>>) => Promise<T>,
): Promise<T> {
  const server = await startServer(answer);
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
  it('gives status, lower-case headers and the whole body', async () => {
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
    'puts %s on the wire as it is',
    async (path) => {
      await withServer(
        () => ({}),
        async (server) => {
          await send(get(`${server.url}${path}`));
          expect(server.seen[0]?.path).toBe(path);
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
        expect(server.seen[0]?.headers.host).toBe(`bucket.obs.localhost:${server.port}`);
      },
    );
    deaf.close();
  });

  it('gives a POST a connection of its own and lets a GET keep one', async () => {
    await withServer(
      () => ({}),
      async (server) => {
        await send(get(`${server.url}/`));
        await send({ ...get(`${server.url}/`), method: 'POST', body: '{}' });
        expect(server.seen.map(({ headers }) => headers.connection)).toEqual([
          'keep-alive',
          'close',
        ]);
        expect(server.seen[1]?.headers['content-length']).toBe('2');
      },
    );
  });

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

  it('tells a refused connection, of which nothing was sent', async () => {
    const server = await startServer(() => ({}));
    await server.close();
    expect(await failure(send(get(server.url)))).toMatchObject({ kind: 'refused', sent: false });
  });

  it('tells a name that does not resolve, of which nothing was sent', async () => {
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
    ['cut', 'cut'],
    ['hang', 'timeout'],
  ] as const)('tells a server that does %s', async (answer, kind) => {
    await withServer(
      () => answer,
      async (server) => {
        const error = await failure(send(get(server.url, { timeoutMs: 60 })));
        expect(error).toMatchObject({ kind, sent: true });
      },
    );
  });

  it('tells an answer that ends before its length', async () => {
    const server = net.createServer((socket) => {
      socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    expect(await failure(send(get(`http://127.0.0.1:${port}/`)))).toMatchObject({ kind: 'cut' });
    server.close();
  });

  it('tells a server that does not speak TLS', async () => {
    await withServer(
      () => ({}),
      async (server) => {
        const error = await failure(send(get(`https://localhost:${server.port}/`)));
        expect(error).toBeInstanceOf(TransportError);
        expect((error as TransportError).kind).toMatch(/tls|cut/);
      },
    );
  });

  it('stops reading at the bound', async () => {
    await withServer(
      () => ({ body: 'x'.repeat(100_000) }),
      async (server) => {
        const error = await failure(send(get(server.url, { maxBytes: 10_000 })));
        expect(error).toMatchObject({ kind: 'too_large', sent: true });
      },
    );
  });

  it('stops when the signal aborts, before and during', async () => {
    await withServer(
      () => 'hang',
      async (server) => {
        const before = await failure(send(get(server.url, { signal: AbortSignal.abort() })));
        const controller = new AbortController();
        const running = failure(send(get(server.url, { signal: controller.signal })));
        while (server.seen.length === 0) await new Promise(setImmediate);
        controller.abort();
        expect(before).toMatchObject({ kind: 'aborted', sent: false });
        expect(await running).toMatchObject({ kind: 'aborted', sent: true });
        expect(server.seen).toHaveLength(1);
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
  ])('%s: %s', (hostname, expected) => {
    expect(isLoopback(hostname)).toBe(expected);
  });
});
