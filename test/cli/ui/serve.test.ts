import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { refusalOf, serveUi, type UiServer } from '../../../cli/ui/serve.ts';

let server: UiServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const seen: string[] = [];
const respond = async ({ url }: Request) => {
  seen.push(url);
  return new Response('<p>the page</p>', { headers: { 'content-type': 'text/html' } });
};

type Answer = { status: number; headers: Record<string, unknown>; body: string };

/** Sends a request with any headers, which fetch does not let one do. */
function send(method: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const { port } = new URL(server?.url ?? '');
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      let body = '';
      response.on('data', (piece: Buffer) => (body += piece.toString()));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    call.on('error', reject);
    call.end();
  });
}

describe('serveUi', () => {
  it('serves the page on loopback, with a policy that allows nothing from elsewhere', async () => {
    server = await serveUi(respond, 0);
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const { status, headers, body } = await send('GET', '/');
    expect({ status, body }).toEqual({ status: 200, body: '<p>the page</p>' });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(policy).not.toContain('http');
    expect(headers).toMatchObject({
      ...{ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' },
      ...{ 'cache-control': 'no-store', 'cross-origin-resource-policy': 'same-origin' },
    });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect((await send('HEAD', '/')).body).toBe('');
  });

  it('refuses every method that could change something', async () => {
    server = await serveUi(respond, 0);
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      expect(await send(method, '/')).toMatchObject({
        status: 405,
        headers: { allow: 'GET, HEAD' },
      });
    }
  });

  it('refuses the name of another host, before it reads anything', async () => {
    server = await serveUi(respond, 0);
    seen.length = 0;
    for (const host of [
      'evil.example',
      'evil.example:80',
      '127.0.0.1',
      'localhost',
      '127.0.0.1.evil.example',
    ]) {
      expect(await send('GET', '/', { host })).toMatchObject({ status: 421 });
    }
    expect(seen).toEqual([]);
  });

  it('takes no part of an address as the name of a host', async () => {
    server = await serveUi(respond, 0);
    seen.length = 0;
    await send('GET', '//evil.example/x');
    expect(new URL(seen[0] ?? '').host).toBe('127.0.0.1');
  });

  it('rejects when the port is in use', async () => {
    server = await serveUi(respond, 0);
    const { port } = new URL(server.url);
    await expect(serveUi(respond, Number(port))).rejects.toThrow('EADDRINUSE');
  });
});

describe('refusalOf', () => {
  const call = { method: 'GET', host: 'localhost:8377', port: 8377 };

  it('lets this machine in by each of its names, and a link from elsewhere', () => {
    for (const host of ['localhost:8377', '127.0.0.1:8377', '[::1]:8377', 'LOCALHOST:8377']) {
      expect(refusalOf({ ...call, host })).toBeUndefined();
    }
    expect(refusalOf({ ...call, site: 'same-origin', mode: 'cors' })).toBeUndefined();
    expect(refusalOf({ ...call, site: 'cross-site', mode: 'navigate' })).toBeUndefined();
  });

  it('refuses what another web site loads', () => {
    expect(refusalOf({ ...call, site: 'cross-site', mode: 'no-cors' })?.status).toBe(403);
    expect(refusalOf({ ...call, site: 'same-site', mode: 'cors' })?.status).toBe(403);
    expect(refusalOf({ ...call, host: 'localhost:80' })?.status).toBe(421);
    expect(refusalOf({ ...call, host: undefined })?.status).toBe(421);
  });
});
