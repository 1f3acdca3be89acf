import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createLocalApi } from '../../demo/local-api.ts';

const open: Server[] = [];
afterEach(() => open.splice(0).map((server) => server.close()));

async function apiOver(listener: RequestListener) {
  const server = createServer(listener);
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return createLocalApi(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

it('reads the text for people from each message', async () => {
  const structure = JSON.stringify({ default: 'Run: a', sms: 'a' });
  const api = await apiOver((request, response) => {
    expect(request.url).toBe('/_local/messages');
    response.end(JSON.stringify([{ subject: 'S', message_structure: structure, message: null }]));
  });

  expect(await api.messages()).toEqual([{ subject: 'S', text: 'Run: a' }]);
});

it('says what was wrong with a call', async () => {
  const api = await apiOver((_, response) => {
    response.statusCode = 400;
    response.end('{"error":"status"}');
  });

  await expect(api.setStatus('p1', 99)).rejects.toThrow(
    '/_local/phones/p1/status: HTTP 400 {"error":"status"}',
  );
});

it.each([
  [[] as const, { service: 'cph', kind: 'job_failed', phones: ['p1'], code: 'CPS.0107' }],
  [
    [2] as const,
    { service: 'cph', kind: 'job_failed', phones: ['p1'], code: 'CPS.0107', times: 2 },
  ],
])('makes exports fail: %j', async (times, expected) => {
  const bodies: unknown[] = [];
  const api = await apiOver((request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => bodies.push(JSON.parse(text)));
    request.on('end', () => response.end('{}'));
  });

  await api.failExports('p1', 'CPS.0107', ...times);

  expect(bodies).toEqual([expected]);
});
